/* Asks a security key to sign the question beside it, and sends the answer with the form around the button. */
"use strict";

const question = JSON.parse(document.getElementById("question").textContent);
const { addForm, authenticateForm } = window.allauth.webauthn.forms;

if (document.getElementById("use-key")) {
  authenticateForm({ ids: { authenticate: "use-key", credential: "id_credential" }, data: { request_options: question } });
}
if (document.getElementById("add-key")) {
  addForm({ ids: { add: "add-key", credential: "id_credential" }, data: { creation_options: question } });
}
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.querySelector(".key-failed").hidden = false;
});
