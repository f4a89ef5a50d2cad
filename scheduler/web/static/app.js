// What every page of the app does with a script; all of it works without one, only more slowly.
"use strict";

// An answer that is an error is shown where its part was to stand.
document.addEventListener("htmx:beforeSwap", (event) => {
  const status = event.detail.xhr.status;
  if (status >= 400 && status !== 401) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// A form is sent once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent && !form.hasAttribute("hx-post")) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// What scrolls sideways can be scrolled by the keyboard, and has a name.
const nameScrollers = () => {
  document.querySelectorAll(".scroll:not([tabindex])").forEach((box) => {
    if (box.scrollWidth <= box.clientWidth) return;
    const heading = box.closest("section")?.querySelector("h2, h3");
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", box.querySelector("caption")?.textContent || heading?.textContent || "Table");
  });
};
nameScrollers();
window.addEventListener("resize", nameScrollers);
