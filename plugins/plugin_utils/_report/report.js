/* Copyright (c) 2026 hybrid.exchange contributors
   SPDX-License-Identifier: GPL-3.0-or-later
   The page is whole without this: it adds copy buttons and a filter, and opens what is folded before printing. */
"use strict";
(function () {
  var status = document.getElementById("spoken");
  function said(button, text) {
    button.textContent = text;
    status.textContent = text;
    setTimeout(function () { button.textContent = "Copy"; }, 2000);
  }
  function select(node) {
    var range = document.createRange();
    range.selectNodeContents(node);
    var chosen = window.getSelection();
    chosen.removeAllRanges();
    chosen.addRange(range);
  }
  document.querySelectorAll(".copyable").forEach(function (box) {
    var text = box.querySelector("pre");
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy the fix");
    button.addEventListener("click", function () {
      function byHand() {
        select(text);
        said(button, document.execCommand("copy") ? "Copied" : "Selected");
      }
      if (!navigator.clipboard) { byHand(); return; }
      navigator.clipboard.writeText(text.textContent).then(function () { said(button, "Copied"); }, byHand);
    });
    box.appendChild(button);
  });

  var tools = document.getElementById("tools");
  if (tools) {
    var words = document.getElementById("words"), kind = document.getElementById("kind"), count = document.getElementById("count");
    var rows = Array.prototype.slice.call(document.querySelectorAll("#all .finding"));
    var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
    var apply = function () {
      var wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
      rows.forEach(function (row, place) {
        var fits = (!kind.value || row.dataset.status === kind.value) && wanted.every(function (word) { return texts[place].includes(word); });
        row.hidden = !fits;
        shown += fits;
      });
      document.querySelectorAll("details.list").forEach(function (list) {
        if (words.value || kind.value) { list.open = list.querySelector(".finding:not([hidden])") !== null; }
      });
      count.textContent = shown + " of " + rows.length + " shown";
    };
    words.addEventListener("input", apply);
    kind.addEventListener("change", apply);
    tools.hidden = false;
    apply();
  }

  var folded = [];
  window.addEventListener("beforeprint", function () {
    folded = Array.prototype.slice.call(document.querySelectorAll("details:not([open]):not(.right)"));
    folded.forEach(function (item) { item.open = true; });
  });
  window.addEventListener("afterprint", function () {
    folded.forEach(function (item) { item.open = false; });
  });
})();
