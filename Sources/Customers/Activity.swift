public import Schema
public import Values

/// Something that happened with a customer, or that is to be done.
public enum Activity: ObjectType {
    /// The object's key.
    public static let key = "activity"
    /// The fields.
    public static let fields = Fields()

    /// The fields that the program knows by name.
    public struct Fields: Sendable {
        /// What it is about in one line; made from the kind and the first words when left empty.
        public let subject = Field<String>("subject", Label("Subject", zh: "主题"), .text(max: 200)) {
            $0.searchable = true
        }
        /// Call, e-mail, meeting …
        public let kind = Field<String>("kind", Label("Kind", zh: "跟进方式"), .choice(Activity.kinds)) {
            $0.required = true
            $0.defaultJSON = "\"note\""
        }
        /// What was said and agreed.
        public let body = Field<String>("body", Label("Content", zh: "内容"), .longText(max: 50_000)) {
            $0.searchable = true
        }
        /// When it took place; now if left empty.
        public let happenedAt = Field<Instant>("happened_at", Label("Time", zh: "时间"), .instant)
        /// How many minutes it took.
        public let durationMinutes = Field<Int64>("duration_minutes", Label("Duration (min)", zh: "时长（分钟）"), .integer)
        /// How the minutes were found: by a timer, or told by somebody.
        public let durationFrom = Field<String>(
            "duration_from",
            Label("Minutes by", zh: "时长来源"),
            .choice(Activity.durationSources)
        ) { $0.readOnly = true }
        /// Where somebody checked in, if they allowed that to be noted.
        public let checkedIn = Field<String>("checked_in", Label("Checked in at", zh: "签到位置"), .text(max: 80)) {
            $0.readOnly = true
        }
        /// Where somebody checked out.
        public let checkedOut = Field<String>("checked_out", Label("Checked out at", zh: "签退位置"), .text(max: 80)) {
            $0.readOnly = true
        }
        /// Whether they came to us or we to them.
        public let direction = Field<String>("direction", Label("Direction", zh: "方向"), .choice(Activity.directions))
        /// What came of it.
        public let outcome = Field<String>("outcome", Label("Outcome", zh: "结果"), .choice(Activity.outcomes))
        /// The customer; taken from contact or opportunity when left empty.
        public let customer = Field<RecordID>("customer", Label("Customer", zh: "客户"), .link(to: "customer"))
        /// The contact.
        public let contact = Field<RecordID>("contact", Label("Contact", zh: "联系人"), .link(to: "contact"))
        /// The opportunity.
        public let opportunity = Field<RecordID>(
            "opportunity",
            Label("Opportunity", zh: "商机"),
            .link(to: "opportunity")
        )
        /// The lead.
        public let lead = Field<RecordID>("lead", Label("Lead", zh: "线索"), .link(to: "lead"))
        /// Any other record that it is about.
        public let about = Field<RecordReference>("about", Label("About", zh: "关联记录"), .anyLink)
        /// The day until which it is to be done.
        public let dueOn = Field<Day>("due_on", Label("Due", zh: "截止日期"), .day)
        /// Whether it has been done.
        public let done = Field<Bool>("done", Label("Done", zh: "已完成"), .boolean)
        /// When it was marked as done.
        public let doneAt = Field<Instant>("done_at", Label("Done at", zh: "完成时间"), .instant) { $0.readOnly = true }
        /// Who is to do it.
        public let assignee = Field<RecordID>("assignee", Label("Assignee", zh: "执行人"), .person)
    }

    /// Ways of being in touch, and tasks.
    public static let kinds = [
        Choice("call", Label("Call", zh: "电话")),
        Choice("email", Label("E-mail", zh: "邮件")),
        Choice("meeting", Label("Meeting", zh: "会议")),
        Choice("visit", Label("Visit", zh: "拜访")),
        Choice("message", Label("Message", zh: "消息")),
        Choice("note", Label("Note", zh: "记录")),
        Choice("task", Label("Task", zh: "任务")),
    ]

    /// How minutes are found.
    public static let durationSources = [
        Choice("timer", Label("Timer", zh: "计时")), Choice("check_in", Label("Check-in", zh: "签到签退")),
        Choice(corrected, Label("Measured, then corrected", zh: "计时后手工更正")),
        Choice(typed, Label("Entered by hand", zh: "手工填写")),
    ]
    /// Measured, and then corrected by somebody.
    static let corrected = "corrected"
    /// Told by somebody, not measured.
    static let typed = "typed"

    /// Who began it.
    public static let directions = [
        Choice("outgoing", Label("Outgoing", zh: "我方发起")),
        Choice("incoming", Label("Incoming", zh: "客户发起")),
    ]

    /// What comes of being in touch.
    public static let outcomes = [
        Choice("interested", Label("Interested", zh: "有意向")),
        Choice("follow_up", Label("To be followed up", zh: "需继续跟进")),
        Choice("agreed", Label("Agreed", zh: "达成一致")),
        Choice("not_interested", Label("Not interested", zh: "无意向")),
        Choice("no_answer", Label("No answer", zh: "未接通")),
        Choice("wrong_number", Label("Wrong number", zh: "空号或错号")),
        Choice("resolved", Label("Resolved", zh: "问题已解决")),
    ]

    /// The object as the engine reads it.
    public static let definition = ObjectDefinition.declared(
        key,
        plural: "activities",
        Label("Activity", zh: "跟进记录"),
        many: Label("Activities", zh: "跟进记录"),
        nameField: "subject",
        icon: "message-square",
        fields: [
            fields.subject.definition, fields.kind.definition, fields.body.definition, fields.happenedAt.definition,
            fields.durationMinutes.definition, fields.durationFrom.definition, fields.direction.definition,
            fields.outcome.definition, fields.customer.definition, fields.contact.definition,
            fields.opportunity.definition,
            fields.lead.definition, fields.about.definition, fields.dueOn.definition, fields.done.definition,
            fields.doneAt.definition, fields.assignee.definition, fields.checkedIn.definition,
            fields.checkedOut.definition,
        ]
    ) {
        $0.parentLink = "customer"
        $0.listFields = ["subject", "kind", "customer", "contact", "happened_at", "outcome", "due_on", "done", "owner"]
        // The timeline of a customer, a person's work and calendar, what all did in a week (which
        // dashboards count by kind, outcome and person from the index alone), what somebody still has to do.
        $0.indexes = [
            ["customer", "happened_at"], ["owner", "happened_at"],
            ["happened_at", "id", "kind", "outcome", "owner"], ["due_on"],
            ["assignee", "done", "due_on"],
        ]
        $0.rules = [
            ValidationRule(
                id: "activity.duration",
                expression: "duration_minutes is empty or duration_minutes between 0 and 10000",
                message: Label("Minutes must be 0 to 10,000.", zh: "时长应在 0 到 10000 分钟之间。"),
                field: "duration_minutes"
            )
        ]
    }
}
