const contri = document.querySelector(".phones").dataset.contri;

class Phone {
  constructor(root) {
    this.root = root;
    this.part = name => root.querySelector("." + name);
    this.part("say").addEventListener("submit", event => { event.preventDefault(); this.say(this.part("body").value); });
    this.part("body").addEventListener("input", () => this.chat.send(JSON.stringify({type: "typing", is_typing: true})));
  }
  async call(method, path, body) {
    const headers = {"Content-Type": "application/json"};
    if (this.token) headers.Authorization = "Bearer " + this.token;
    const answer = await fetch(contri + "/api/v1" + path, {method, headers, body: body && JSON.stringify(body)});
    const said = await answer.json();
    if (!answer.ok) throw new Error(path + ": " + said.code);
    return said;
  }
  async signIn() {
    const said = await this.call("POST", "/auth/login", {email: this.part("email").value, password: this.part("password").value});
    this.token = said.access;
    this.user = said.user;
    this.me = await this.socket("/ws/me", frame => {
      if (frame.type === "notification.new") this.show("notices", frame.notification.title);
    });
    this.part("state").textContent = "Signed in as " + said.user.first_name;
  }
  async open(circle) {
    this.chat = await this.socket(`/ws/circles/${circle.id}/chat`, frame => this.hear(frame));
    this.chat.send(JSON.stringify({type: "sync"}));
    this.part("state").textContent += ", in " + circle.name;
    this.root.querySelectorAll(".say *").forEach(part => part.disabled = false);
  }
  socket(path, hear) {
    return new Promise((open, fail) => {
      const socket = new WebSocket(contri.replace("http", "ws") + path, ["bearer", this.token]);
      socket.onopen = () => open(socket);
      socket.onmessage = event => hear(JSON.parse(event.data));
      socket.onclose = event => { this.part("state").textContent = "Closed: " + event.code; fail(new Error(path + " closed with " + event.code)); };
    });
  }
  hear(frame) {
    if (frame.type === "typing") this.part("typing").textContent = frame.is_typing ? frame.user.display_name + " is typing…" : "";
    if (frame.type !== "message.new") return;
    const {sender, body, kind} = frame.message;
    const line = this.show("chat", (sender ? sender.display_name + ": " : "") + body);
    line.className = kind === "system" ? "system" : sender.id === this.user.id ? "mine" : "";
    this.part("typing").textContent = "";
  }
  say(body) {
    this.chat.send(JSON.stringify({type: "message.send", client_id: crypto.randomUUID(), body}));
    this.part("body").value = "";
  }
  show(list, text) {
    const line = this.part(list).appendChild(document.createElement("li"));
    line.textContent = text;
    line.scrollIntoView({block: "nearest"});
    return line;
  }
  lines(list) { return [...this.part(list).children].map(line => line.textContent); }
}

const [left, right] = [...document.querySelectorAll(".phone")].map(root => new Phone(root));

async function foundCircle() {
  await Promise.all([left.signIn(), right.signIn()]);
  const start = new Date(Date.now() + 30 * 864e5).toISOString().slice(0, 10);
  const circle = await left.call("POST", "/circles", {name: "Two phones", amount: "100.00", frequency: "weekly", size: 2, cycle_start_date: start});
  await left.open(circle);
  await right.call("POST", "/circles/join", {invite_code: circle.invite_code});
  await right.open(circle);
}

async function until(what, condition) {
  for (let tries = 0; tries < 2400 && !condition(); tries++) await new Promise(go => setTimeout(go, 50));
  if (!condition()) throw new Error("waited in vain for " + what);
}

// `?play=1` does what a person would, and says in the title what came of it.
async function play() {
  await foundCircle();
  left.say("Good morning");
  await until("the message", () => right.lines("chat").some(line => line.endsWith(": Good morning")));
  right.say("Good morning to you");
  await until("the answer", () => left.lines("chat").some(line => line.endsWith(": Good morning to you")));
  await until("the notice", () => left.lines("notices").some(line => line.includes("joined")));
}

document.getElementById("found").addEventListener("click", () => foundCircle().catch(error => alert(error.message)));
if (new URLSearchParams(location.search).has("play"))
  play().then(() => document.title = "Played", error => document.title = "Failed: " + error.message);
