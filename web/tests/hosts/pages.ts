/** Pages as real tools have them, with what makes anchors hard: tables of like rows, forms without names, made-up ids. */

const row = (n: number, who: string, what: string) =>
  `<tr data-row><td>${what}</td><td>${who}</td><td>${n * 3} h</td><td><button class="b-${n}">Edit</button><button>Close</button><a href="/tickets/${n}/history">History</a></td></tr>`;

export const PAGES: Record<string, string> = {
  helpdesk: `
    <header><nav aria-label="Main"><a href="/tickets">Tickets</a><a href="/people">People</a><a href="/reports">Reports</a></nav>
      <button aria-label="Notifications" class="x1"></button><button aria-label="Account menu" class="x2"></button></header>
    <main><h1>Open tickets</h1>
      <form role="search"><input type="search" placeholder="Search tickets"><button>Find</button></form>
      <table><tr><th>Subject</th><th>Customer</th><th>Waiting</th><th>Actions</th></tr>
        ${row(1, "Meyer", "Printer offline")}${row(2, "Okafor", "Invoice twice")}${row(3, "Silva", "Password reset")}${row(4, "Tanaka", "Wrong delivery")}</table>
      <section><h2>Bulk actions</h2><button>Assign</button><button>Put on hold</button><button>Merge</button><button>Delete</button></section></main>`,
  order: `
    <div class="tabs" role="tablist"><button role="tab">Lines</button><button role="tab">Delivery</button><button role="tab">History</button></div>
    <form><h2>Order</h2>
      <div class="g"><label for="gen-8121">Party</label><input id="gen-8121"></div>
      <div class="g"><label for="gen-8122">Reference</label><input id="gen-8122"></div>
      <div class="g"><label for="gen-8123">Payment term</label><select id="gen-8123"><option>30 days</option><option>14 days</option></select></div>
      <div class="g"><label for="gen-8124">Shipping date</label><input id="gen-8124" type="date"></div>
      <fieldset><legend>Invoice address</legend><label>Street<input></label><label>City<input></label></fieldset>
      <fieldset><legend>Delivery address</legend><label>Street<input></label><label>City<input></label></fieldset>
      <label>Notes<textarea></textarea></label>
      <div class="buttons"><button>Quote</button><button>Confirm</button><button>Process</button><button>Cancel order</button></div></form>`,
  issue: `
    <form name="itemSynopsis"><table>
      <tr><th>Title</th><td colspan="3"><input name="title"></td></tr>
      <tr><th>Priority</th><td><select name="priority"><option>urgent</option></select></td><th>Status</th><td><select name="status"><option>open</option></select></td></tr>
      <tr><th>Superseder</th><td><input name="superseder"><a href="issue?@template=list">(list)</a></td><th>Nosy list</th><td><input name="nosy"></td></tr>
      <tr><th>Assigned to</th><td><select name="assignedto"><option>nobody</option></select></td><th>Keywords</th><td><select name="keyword" multiple></select></td></tr>
      <tr><th>Change note</th><td colspan="3"><textarea name="@note"></textarea></td></tr>
      <tr><td></td><td><input type="submit" name="submit_button" value="Submit changes"></td></tr></table></form>`,
  review: `
    <div id="ember1843"><h1>Fix the retry loop</h1><div class="css-1x9f"><button data-testid="approve">Approve</button><button data-testid="request-changes">Request changes</button></div>
      <ul class="files"><li><button aria-expanded="false">src/retry.ts</button><button>Viewed</button></li><li><button>src/queue.ts</button><button>Viewed</button></li></ul>
      <section aria-label="Checks"><h2>Checks</h2><a href="/runs/93822">unit tests</a><a href="/runs/93823">lint</a><button>Re-run all</button></section>
      <section aria-label="Merge"><h2>Merge</h2><label><input type="checkbox"> Delete branch after merge</label><button>Merge pull request</button><button aria-haspopup="menu">Merge options</button></section></div>`,
  board: `
    <main>${["New", "Qualified", "Proposal", "Won"].map((stage, n) => `<section aria-label="${stage}"><h2>${stage}</h2><button>Add deal</button>
      ${[1, 2].map((k) => `<article><h3>${["Acme", "Borealis", "Cedar", "Delta", "Elm", "Fjord", "Gale", "Harbor"][n * 2 + k - 1]} renewal</h3><button>Open</button><button aria-label="More about ${["Acme", "Borealis", "Cedar", "Delta", "Elm", "Fjord", "Gale", "Harbor"][n * 2 + k - 1]}"></button></article>`).join("")}</section>`).join("")}</main>`,
  settings: `
    <div class="layout"><nav><ul><li><a href="/settings/profile">Profile</a></li><li><a href="/settings/security">Security</a></li><li><a href="/settings/billing">Billing</a></li></ul></nav>
      <form><h2>Security</h2><label>Current password<input type="password" autocomplete="current-password"></label><label>New password<input type="password" autocomplete="new-password"></label>
      <fieldset><legend>Two-factor</legend><label><input type="radio" name="second" value="app"> App</label><label><input type="radio" name="second" value="sms"> Text message</label><label><input type="radio" name="second" value="off"> Off</label></fieldset>
      <label><input type="checkbox" name="alerts"> Tell me about new sign-ins</label><button type="submit">Save</button><button type="reset">Discard</button></form></div>`,
};
