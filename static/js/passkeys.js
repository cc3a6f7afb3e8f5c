// Passkeys (WebAuthn): what the device signs is put into the form and posted. Options are in the form's `data-options`,
// or are fetched from `data-options-from`; bytes travel as URL-safe base 64. Without this file the forms stay hidden.
(function () {
  "use strict";

  const forms = document.querySelectorAll("form[data-passkey]");

  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (character) => character.charCodeAt(0)).buffer;
  };

  const text = (buffer) => {
    const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };

  const named = (listed) => (listed || []).map((entry) => ({ ...entry, id: bytes(entry.id) }));

  const forDevice = (options) => {
    const asked = { ...options, challenge: bytes(options.challenge) };
    if (asked.user) asked.user = { ...asked.user, id: bytes(asked.user.id) };
    if (asked.excludeCredentials) asked.excludeCredentials = named(asked.excludeCredentials);
    if (asked.allowCredentials) asked.allowCredentials = named(asked.allowCredentials);
    return asked;
  };

  const forServer = (credential) => {
    const response = { clientDataJSON: text(credential.response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    if (credential.response.getTransports) response.transports = credential.response.getTransports();
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response,
    };
  };

  const optionsOf = async (form) => {
    if (form.dataset.options) return JSON.parse(form.dataset.options);
    const answer = await fetch(form.dataset.optionsFrom, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new TypeError(String(answer.status));
    return (await answer.json()).request_options;
  };

  const show = (form, problem) => {
    for (const entry of form.querySelectorAll("[data-passkey-problem]")) {
      entry.hidden = entry.dataset.passkeyProblem !== problem;
    }
  };

  const ask = async (form) => {
    const { publicKey } = await optionsOf(form);
    const asked = { publicKey: forDevice(publicKey) };
    const made = form.dataset.passkey === "create";
    const credential = await (made ? navigator.credentials.create(asked) : navigator.credentials.get(asked));
    form.elements.credential.value = JSON.stringify(forServer(credential));
    form.submit();
  };

  const able = window.PublicKeyCredential && navigator.credentials;
  if (forms.length && !able) {
    for (const entry of document.querySelectorAll("[data-passkey-unknown]")) entry.hidden = false;
    return;
  }
  for (const form of forms) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      show(form, "");
      ask(form).catch((problem) => {
        const known = problem.name === "InvalidStateError";
        show(form, known ? "known" : problem instanceof TypeError ? "unreached" : "refused");
      });
    });
  }
})();
