// The week as a calendar: a message dropped on another hour is judged at once, and nothing is
// written until somebody says so.
"use strict";

(() => {
  const place = document.getElementById("calendar");
  const panel = document.getElementById("message");
  const { page, week } = place.dataset;
  const mayChange = place.dataset.mayChange === "yes";
  const phone = window.matchMedia("(max-width: 640px)");
  let judged = null; // what is dropped and neither kept nor put back

  const address = (id, action) =>
    `/pages/${page}/messages/${encodeURIComponent(id)}${action}?week=${week}`;

  const show = (id) =>
    htmx.ajax("GET", address(id, ""), { target: panel, swap: "innerHTML" }).then(() => {
      if (phone.matches) panel.scrollIntoView({ block: "start" });
      panel.focus({ preventScroll: true });
    });

  const putBack = () => {
    if (judged) judged.revert();
    judged = null;
  };

  const judge = async (drop) => {
    putBack();
    judged = drop;
    const body = new URLSearchParams({ week, at: drop.event.startStr.slice(0, 16) });
    const headers = {
      "X-CSRF-Token": document.querySelector("meta[name=csrf]").content,
      "X-Part": "yes",
    };
    let answer;
    let text = "";
    try {
      answer = await fetch(address(drop.event.id, "/judge"), { method: "POST", body, headers });
      text = await answer.text();
    } catch {
      text = '<p class="said bad" role="alert">The app does not answer. Try again.</p>';
    }
    if (answer && answer.status === 401) window.location.assign("/login");
    panel.innerHTML = text;
    htmx.process(panel);
    if (phone.matches) panel.scrollIntoView({ block: "start" });
    // What may not be snaps back; the reason stays to be read.
    if (!answer || !answer.ok || panel.querySelector("[data-refused]")) putBack();
  };

  panel.addEventListener("click", (event) => {
    if (event.target.closest("[data-put-back]")) {
      putBack();
      panel.innerHTML = '<p class="note">Put back.</p>';
    }
  });

  const calendar = new FullCalendar.Calendar(place, {
    initialDate: week,
    initialView: phone.matches ? "listWeek" : "timeGridWeek",
    headerToolbar: { left: "", center: "", right: "timeGridWeek,timeGridDay,listWeek,prev,next" },
    buttonIcons: false, // which screen readers would meet as pictures without a name
    buttonText: { prev: "‹", next: "›", timeGridWeek: "Week", timeGridDay: "Day", listWeek: "List" },
    buttonHints: { prev: "Day before", next: "Day after", timeGridWeek: "Week", timeGridDay: "Day", listWeek: "List" },
    validRange: { start: week, end: plusDays(week, 7) },
    timeZone: "UTC", // the page's own clock, which the browser must not turn
    firstDay: 1,
    allDaySlot: false,
    height: "auto",
    slotDuration: "01:00:00",
    snapDuration: "00:15:00",
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    dayHeaderFormat: { weekday: "short", day: "numeric", month: "short", omitCommas: true },
    defaultTimedEventDuration: "01:00:00",
    displayEventEnd: false,
    eventInteractive: true,
    editable: mayChange,
    eventDurationEditable: false,
    longPressDelay: 400,
    events: `/pages/${page}/events?week=${week}`,
    eventClick: (click) => show(click.event.id),
    eventDrop: judge,
    eventContent: ({ event, view }) => {
      const { price, revenue, caption, locked } = event.extendedProps;
      const inList = view.type === "listWeek";
      const clock = event.startStr.slice(11, 16);
      const odd = !inList && !clock.endsWith(":00") ? ` at ${clock}` : "";
      const parts = [
        part("b", price + odd + (locked ? " 🔒" : "")),
        part("span", `about ${revenue}`),
      ];
      if (inList) parts.push(part("div", caption, "words"));
      else parts.splice(1, 0, document.createElement("br"));
      return { domNodes: parts };
    },
    eventDidMount: ({ el, event, view }) => {
      el.dataset.message = event.id;
      el.title = event.extendedProps.caption;
      if (view.type !== "listWeek") el.setAttribute("aria-label", event.title);
      if (view.type !== "listWeek") el.setAttribute("role", "button");
    },
  });
  calendar.render();

  function part(kind, text, name) {
    const made = document.createElement(kind);
    made.textContent = text;
    if (name) made.className = name;
    return made;
  }

  function plusDays(day, count) {
    const moment = new Date(`${day}T00:00:00Z`);
    moment.setUTCDate(moment.getUTCDate() + count);
    return moment.toISOString().slice(0, 10);
  }
})();
