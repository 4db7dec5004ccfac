// Signing in: the first time on a page of its own, later in a dialog over whatever was being done.
import { $, button, fill, h, labelled } from "./dom.js";
import { onPasswordNeeded, onSessionEnd, Refusal, request } from "./api.js";
import { dialog, notice } from "./overlay.js";
import { store } from "./store.js";

const LEAST_PASSWORD = 8;

function passwordInput(autocomplete) {
  return h("input.input", { type: "password", autocomplete, required: true });
}

/** A page with one form. `send` does the work; what it throws is shown, and the form stays. */
function formPage(main, title, lead, fields, action, send) {
  const fault = h("div", { role: "alert" });
  const submit = button(action, { kind: "primary", type: "submit" });
  const form = h("form", {
    onsubmit: async () => {
      submit.disabled = true;
      try {
        await send();
      } catch (error) {
        fill(fault, notice("error", h("p", sentence(error))));
        $("input[type=password]", form).focus();
      } finally { submit.disabled = false; }
    },
  }, fields, submit);
  fill(main, h("div.scroll", h("section.sign", $(".brand .mark").cloneNode(true), h("h1", title), lead, fault, form)));
  $("input", form).focus();
}

function sentence(error) {
  if (!(error instanceof Refusal)) return String(error);
  if (error.message === "Invalid credentials") return "Email or password is not right. Check both and try again.";
  return error.message;
}

/** Resolves once somebody is signed in, with a password of their own. */
export function signInPage(main) {
  return new Promise((resolve) => {
    const email = h("input.input", { type: "email", autocomplete: "username", required: true });
    const password = passwordInput("current-password");
    const lead = h("p.quiet", "First start? The password was printed once by the server.");
    const fields = [labelled("Email", email), labelled("Password", password)];
    formPage(main, "Sign in to Placet", lead, fields, "Sign in", async () => {
      const { user } = await request("POST", "/api/auth/login", { email: email.value, password: password.value });
      if (user.mustChangePassword) await choosePassword(main, password.value);
      resolve(user);
    });
  });
}

/**
 * Asks for a password of one's own in place of one that was made up.
 * @param {string} [current] when it has just been given
 */
export function choosePassword(main, current) {
  return new Promise((resolve) => {
    const old = current === undefined ? passwordInput("current-password") : null;
    const chosen = passwordInput("new-password");
    chosen.minLength = LEAST_PASSWORD;
    const fields = [
      old && labelled("Password so far", old),
      labelled("New password", chosen, `At least ${LEAST_PASSWORD} characters.`),
    ];
    const lead = h("p.quiet", "The password you signed in with was made up for you. Choose one that only you know.");
    formPage(main, "Choose a password", lead, fields, "Save and go on", async () => {
      const body = { currentPassword: current ?? old.value, newPassword: chosen.value };
      await request("POST", "/api/auth/change-password", body);
      resolve();
    });
  });
}

let again = null;

/** One dialog, however many requests found that the session has ended. */
function signInAgain() {
  again ||= new Promise((resolve) => {
    const email = h("input.input", { type: "email", autocomplete: "username", value: store.me.email, readonly: true });
    const password = passwordInput("current-password");
    const fault = h("div", { role: "alert" });
    const content = [
      h("p", "Your session has ended. What you typed is kept."), fault,
      labelled("Email", email), labelled("Password", password),
    ];
    dialog("Sign in again", content, ["Sign in", "primary", async () => {
      try {
        await request("POST", "/api/auth/login", { email: email.value, password: password.value });
      } catch (error) {
        fill(fault, notice("error", h("p", sentence(error))));
        password.focus();
        return false;
      }
      resolve();
      return true;
    }], { cancel: null });
  }).finally(() => { again = null; });
  return again;
}

/** Asks for the password, which some requests want to have been given within the hour. Resolves to whether it was. */
function confirmPassword() {
  return new Promise((resolve) => {
    const password = passwordInput("current-password");
    const content = [h("p", "This changes who may do what, so it has to be you."), labelled("Password", password)];
    dialog("Confirm your password", content, ["Confirm", "primary", async () => {
      await request("POST", "/api/auth/confirm", { password: password.value });
      resolve(true);
    }]).addEventListener("close", () => resolve(false));
  });
}

/** From now on a session that ends is asked for again, and the password where it is wanted. */
export function keepSession() {
  onSessionEnd(signInAgain);
  onPasswordNeeded(confirmPassword);
}

/** Whoever signs out leaves no notices behind. */
async function endNotices() {
  const id = localStorage.getItem("placet.push");
  if (id) await (await import("./push.js")).unsubscribe(id);
}

export async function signOut() {
  onSessionEnd(null);
  await endNotices().catch(() => {});
  try {
    await request("POST", "/api/auth/logout");
  } catch (error) {
    onSessionEnd(signInAgain);
    throw error;
  }
  localStorage.removeItem("placet.in");
  location.assign("/sign-in");
}
