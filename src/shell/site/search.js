// Sorts the list of all pages by what is looked for. Without it the list is whole, in its own order.
(function () {
  "use strict";
  var list = document.getElementById("nbasync-list");
  var said = document.getElementById("nbasync-said");
  var field = document.getElementById("nbasync-query");
  if (!list || !said || !field) { return; }
  var entries = Array.prototype.map.call(list.querySelectorAll("li"), function (item) {
    var title = item.querySelector("a").textContent.toLowerCase();
    var words = (item.getAttribute("data-words") || "").toLowerCase();
    return { item: item, title: title, words: words, all: (item.textContent + " " + words).toLowerCase() };
  });
  var whole = list.innerHTML;

  // Words of a query; what is written without spaces counts by pairs of characters.
  function termsOf(query) {
    var terms = [];
    query.toLowerCase().split(/[\s,;"“”。，；：？！（）]+/).forEach(function (word) {
      if (!/[\u3400-\u9fff]/.test(word)) {
        word = word.replace(/^[^a-z0-9_.]+|[^a-z0-9_]+$/g, "");
        if (word) { terms.push(word); }
        return;
      }
      (word.match(/[\u3400-\u9fff]+|[^\u3400-\u9fff]+/g) || []).forEach(function (part) {
        if (!/[\u3400-\u9fff]/.test(part) || part.length < 3) { terms.push(part); return; }
        for (var at = 0; at + 2 <= part.length; at += 1) { terms.push(part.slice(at, at + 2)); }
      });
    });
    return terms;
  }

  function show(query) {
    var terms = termsOf(query);
    if (!terms.length) {
      list.innerHTML = whole;
      said.textContent = "";
      return;
    }
    // A word that stands everywhere tells little.
    var weights = terms.map(function (term) {
      var there = entries.filter(function (entry) { return entry.all.indexOf(term) >= 0; }).length;
      return there ? Math.log(1 + entries.length / there) : 0;
    });
    var most = weights.reduce(function (sum, weight) { return sum + weight; }, 0);
    var found = entries.map(function (entry) {
      var score = 0;
      terms.forEach(function (term, at) {
        var place = entry.title.indexOf(term) >= 0 ? 3 : entry.words.indexOf(term) >= 0 ? 2 : 1;
        if (entry.all.indexOf(term) >= 0) { score += place * weights[at]; }
      });
      return { item: entry.item, score: score };
    }).filter(function (hit) { return hit.score > 0 && hit.score >= most / 3; });
    found.sort(function (one, other) { return other.score - one.score; });
    var results = document.createElement("ol");
    found.slice(0, 40).forEach(function (hit) { results.appendChild(hit.item.cloneNode(true)); });
    list.innerHTML = "";
    list.appendChild(results);
    var form = !found.length ? "none" : found.length === 1 ? "one" : "many";
    said.textContent = said.getAttribute("data-" + form).replace("{n}", found.length)
      .replace("{query}", function () { return query; });
  }

  var asked = /[?&]q=([^&]*)/.exec(window.location.search);
  if (asked) {
    try { field.value = decodeURIComponent(asked[1].replace(/\+/g, " ")); } catch (error) { field.value = ""; }
    show(field.value);
  }
  field.addEventListener("input", function () { show(field.value); });
  field.form.addEventListener("submit", function (event) { event.preventDefault(); show(field.value); });
}());
