// The tag: <script src="https://EDGE/sdk/snippet.js" data-key="wk_…"></script>
// Collects calls until the SDK is there, and loads it without holding the page up.
// The same works inline, with `data-api="https://EDGE"` on the tag.
(function (window, document) {
  if (window.rekindle) return;
  var tag = document.currentScript;
  var api = tag.dataset.api || new URL(tag.src).origin;
  var collected = [];
  var stub = (window.rekindle = {
    q: collected,
    push: {
      subscribe: function () {
        return new Promise(function (answer) {
          collected.push(["push", [], answer]);
        });
      },
    },
  });
  "boot identify track page group reset consent shutdown".split(" ").forEach(function (name) {
    stub[name] = function () {
      collected.push([name, arguments]);
    };
  });
  stub.on = function () {
    var stop;
    var stopped;
    collected.push(["on", arguments, function (off) {
      stop = off;
      if (stopped) off();
    }]);
    return function () {
      stopped = 1;
      if (stop) stop();
    };
  };
  if (tag.dataset.key) stub.boot({ key: tag.dataset.key, api: api });
  var script = document.createElement("script");
  script.type = "module";
  script.async = true;
  script.src = api + "/sdk/rekindle.js";
  document.head.appendChild(script);
})(window, document);
