// <agent-name data-agent="3">Sam</agent-name>: fragments are the same for every reader; my own name becomes "You" here.

import { say } from "../words.js";

class AgentName extends HTMLElement {
  connectedCallback() {
    if (this.dataset.agent === document.body.dataset.agentId) this.textContent = say("you");
  }
}

customElements.define("agent-name", AgentName);
