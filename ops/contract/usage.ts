// What an app does with the generated types. It is compiled, never run: a field that is renamed stops it here.
import createClient from "openapi-fetch";
import type { paths } from "./generated";

const api = createClient<paths>({ baseUrl: "https://api.contri.example" });

export async function balance(): Promise<string | undefined> {
  const { data } = await api.GET("/api/v1/wallet");
  return data?.balance;
}

export async function logIn(email: string, password: string): Promise<string | undefined> {
  const { data } = await api.POST("/api/v1/auth/login", { body: { email, password } });
  return data?.access;
}

export async function circleNames(): Promise<string[]> {
  const { data } = await api.GET("/api/v1/circles");
  return (data?.results ?? []).map((circle) => `${circle.name}: ${circle.amount}`);
}
