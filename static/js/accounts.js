// Passkeys: the one thing here that only a browser's script can do. The button asks the browser to
// make or use a passkey, puts the answer into the form's hidden field, and sends the form.

const button = document.getElementById("make-passkey") || document.getElementById("use-passkey");
const wrong = document.getElementById("passkey-wrong");

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (one) => one.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function opened(options) {
  const list = (all) => (all || []).map((one) => Object.assign({}, one, { id: bytes(one.id) }));
  const ready = Object.assign({}, options, { challenge: bytes(options.challenge) });
  if (options.user) ready.user = Object.assign({}, options.user, { id: bytes(options.user.id) });
  if (options.excludeCredentials) ready.excludeCredentials = list(options.excludeCredentials);
  if (options.allowCredentials) ready.allowCredentials = list(options.allowCredentials);
  return ready;
}

function closed(made) {
  const answer = made.response;
  const response = { clientDataJSON: text(answer.clientDataJSON) };
  if (answer.attestationObject) response.attestationObject = text(answer.attestationObject);
  if (answer.authenticatorData) response.authenticatorData = text(answer.authenticatorData);
  if (answer.signature) response.signature = text(answer.signature);
  if (answer.userHandle) response.userHandle = text(answer.userHandle);
  return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response,
    clientExtensionResults: {} });
}

async function press() {
  const publicKey = opened(JSON.parse(button.dataset.options));
  try {
    const making = button.id === "make-passkey";
    const made = await (making ? navigator.credentials.create({ publicKey })
      : navigator.credentials.get({ publicKey }));
    document.getElementById(button.dataset.field).value = closed(made);
    button.form.submit();
  } catch (failure) {
    wrong.textContent = wrong.dataset.words;
  }
}

if (button && window.PublicKeyCredential) {
  button.hidden = false;
  button.addEventListener("click", press);
}
