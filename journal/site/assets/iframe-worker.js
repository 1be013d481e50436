/*
 * Search for a site that is opened from a folder.
 *
 * Browsers allow no workers on file:// pages. There, a "worker" is a hidden frame whose messages go to the page that
 * made it. Material finds it by the name IFrameWorker. On a server nothing is changed.
 */
(() => {
  "use strict";
  if (location.protocol !== "file:") return;

  /* What a worker's script expects around it, inside a frame. */
  const furnish = (scope, deliver) => {
    scope.postMessage = deliver;
    scope.importScripts = (...addresses) =>
      addresses.reduce((done, address) => done.then(() => load(scope.document, address)), Promise.resolve());
  };

  const load = (page, address) =>
    new Promise((resolve, reject) => {
      const script = page.createElement("script");
      script.src = address;
      script.onload = resolve;
      script.onerror = () => reject(new Error(`cannot load ${address}`));
      page.head.append(script);
    });

  class IFrameWorker extends EventTarget {
    constructor(address) {
      super();
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      this.frame.title = "search";
      document.body.append(this.frame);
      const scope = this.frame.contentWindow;
      furnish(scope, (data) => this.receive(new MessageEvent("message", { data })));
      this.ready = load(scope.document, new URL(address, location.href).href).catch((error) =>
        this.dispatchEvent(new ErrorEvent("error", { message: error.message })),
      );
    }

    receive(event) {
      this.dispatchEvent(event);
      if (typeof this.onmessage === "function") this.onmessage(event);
    }

    postMessage(data) {
      this.ready.then(() => this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data })));
    }

    terminate() {
      this.frame.remove();
    }
  }

  window.IFrameWorker = IFrameWorker;
  window.Worker = IFrameWorker;
})();
