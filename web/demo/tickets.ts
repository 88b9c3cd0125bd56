/** Invented tickets of the sample organisation. */

export interface Ticket {
  id: string;
  subject: string;
  customer: string;
  tier: "standard" | "business";
  seriousness: "" | "low" | "normal" | "high" | "critical";
  status: "new" | "open" | "on hold" | "resolved" | "closed";
  hours: number;
  channel: string;
  /** What the host tool knows besides; events carry it. */
  marks?: Record<string, unknown>;
  messages: { who: string; text: string }[];
}

export const TICKETS: Ticket[] = [
  {
    id: "NL-2041", subject: "Export stops at 10,000 rows", customer: "Harbour Freight Co-op", tier: "business",
    seriousness: "normal", status: "open", hours: 5, channel: "e-mail",
    messages: [
      { who: "Customer", text: "Our monthly export ends after exactly 10,000 rows. Last month it was complete. We need it by Thursday for the audit." },
      { who: "You", text: "Could you send me the file and tell me which filter you used?" },
    ],
  },
  {
    id: "NL-2038", subject: "Cannot sign in since the password change", customer: "Green Valley Clinic", tier: "business",
    seriousness: "", status: "new", hours: 1, channel: "phone",
    messages: [{ who: "Customer", text: "Six of us were asked for a new password this morning. Now none of us can sign in, and patients are waiting." }],
  },
  {
    id: "NL-2036", subject: "Invoice shows the wrong address", customer: "M. Aldous", tier: "standard",
    seriousness: "low", status: "open", hours: 20, channel: "e-mail", marks: { upset: true },
    messages: [{ who: "Customer", text: "You have had our new address since spring. This is the third invoice with the old one. I am getting tired of this." }],
  },
  {
    id: "NL-2033", subject: "Reports page is blank in the new version", customer: "Ostrava Metalworks", tier: "business",
    seriousness: "high", status: "open", hours: 9, channel: "chat",
    messages: [
      { who: "Customer", text: "Since the update on Monday the reports page stays white. Two colleagues see the same." },
      { who: "You", text: "I can reproduce it with your account. I am looking for the cause." },
    ],
  },
  {
    id: "NL-2029", subject: "How do we add a second warehouse?", customer: "Petal & Stem", tier: "standard",
    seriousness: "low", status: "open", hours: 51, channel: "e-mail",
    messages: [{ who: "Customer", text: "We open a second warehouse next month. Can both be in one account, or do we need another plan?" }],
  },
  {
    id: "NL-2024", subject: "Strange e-mail that asks for our login", customer: "Library of Wexmoor", tier: "standard",
    seriousness: "", status: "new", hours: 2, channel: "e-mail", marks: { category: "security" },
    messages: [{ who: "Customer", text: "We got a message in your name that says our account will be deleted unless we confirm the password. Is this from you?" }],
  },
];

export interface Action {
  type: string;
  label: string;
  /** What the host tool itself does with the ticket. */
  apply: Partial<Ticket>;
}

export const ACTIONS: Action[] = [
  { type: "helpdesk.take-in-charge-ticket", label: "Take in charge", apply: { status: "open" } },
  { type: "helpdesk.wait", label: "Put on hold", apply: { status: "on hold" } },
  { type: "helpdesk.resolve-ticket", label: "Resolve", apply: { status: "resolved" } },
  { type: "helpdesk.closed", label: "Close", apply: { status: "closed" } },
  { type: "helpdesk.create-sw-anomaly", label: "Report a defect", apply: {} },
  { type: "helpdesk.require-upgrade", label: "Ask for an upgrade", apply: {} },
];
