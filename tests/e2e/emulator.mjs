// Starts npm emulate's Google with as many users as asked for; ends when its standard input does.
import { createEmulator } from "emulate";

const [port, count, ...back] = process.argv.slice(2).map(Number);
const logins = Array.from({ length: count }, (_, i) => `dana${i}@example.org`);
const scopes = ["gmail.readonly", "gmail.compose"].map((s) => `https://www.googleapis.com/auth/${s}`);
const emulator = await createEmulator({
  service: "google",
  port,
  seed: {
    tokens: Object.fromEntries(logins.map((login, i) => [`token-${i}`, { login, scopes }])),
    google: {
      users: logins.map((email) => ({ email, name: "Dana Reyes" })),
      oauth_clients: [
        { client_id: "client", client_secret: "secret", name: "followupd", redirect_uris: back.map((p) => `http://127.0.0.1:${p}/`) },
      ],
      messages: [],
    },
  },
});
console.log("ready");
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
