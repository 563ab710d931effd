public import Values

/// The words of a record's page.
public enum RecordTexts {
    /// From record to record of a list.
    public static let steps = Label("In this list", zh: "在列表中切换")
    /// The record before.
    public static let before = Label("Previous in the list", zh: "列表中上一条")
    /// The record after.
    public static let after = Label("Next in the list", zh: "列表中下一条")
    /// Where an opportunity stands.
    public static let path = Label("Stages", zh: "阶段")
    /// Moves to a stage.
    public static func move(_ stage: String) -> Label { Label("Move to \(stage)", zh: "推进到\(stage)") }
    /// The stage of now.
    public static let current = Label("current stage", zh: "当前阶段")
    /// What happened with a customer.
    public static let timeline = Label("Timeline", zh: "跟进记录")
    /// Above the form for a new entry.
    public static let composer = Label("Add to the timeline", zh: "写跟进")
    /// The kind of an entry.
    public static let kind = Label("Kind", zh: "类型")
    /// What happened.
    public static let body = Label("What happened?", zh: "跟进内容")
    /// A hint for what happened.
    public static let bodyHint = Label("What was said, what comes next…", zh: "沟通了什么、下一步做什么……")
    /// Writes the entry.
    public static let post = Label("Add entry", zh: "保存记录")
    /// Marks a task as done.
    public static let done = Label("Mark as done", zh: "标为完成")
    /// A task that is done.
    public static let isDone = Label("Done", zh: "已完成")
    /// When a task is due.
    public static func due(_ time: String) -> Label { Label("Due \(time)", zh: "截止 \(time)") }
    /// A task that should have been done.
    public static let late = Label("Overdue", zh: "已逾期")
    /// Nothing has happened yet.
    public static let noEntries = Label("Nothing recorded yet", zh: "还没有跟进记录")
    /// What to do then.
    public static let noEntriesText = Label(
        "Write down the first call, visit or note above.",
        zh: "在上方写下第一次电话、拜访或备注吧。"
    )
    /// Older entries.
    public static let older = Label("Older entries", zh: "更早的记录")
    /// The fields of a record.
    public static let details = Label("Details", zh: "详细信息")
    /// On phones only the first fields are shown until this is ticked.
    public static let allFields = Label("Show all fields", zh: "显示全部字段")
    /// Adds a part.
    public static let add = Label("Add", zh: "添加")
    /// What parts come to together.
    public static let total = Label("Total", zh: "合计")
    /// All related records.
    public static let showAll = Label("Show all", zh: "查看全部")
    /// No related records.
    public static let noRelated = Label("None yet", zh: "暂无")
    /// What was changed.
    public static let history = Label("Change log", zh: "修改记录")
    /// Who may see a record.
    public static let access = Label("Who can see this", zh: "谁可以看到")
    /// Today.
    public static let today = Label("Today", zh: "今天")
    /// The day before.
    public static let yesterday = Label("Yesterday", zh: "昨天")
    /// What lies ahead.
    public static let upcoming = Label("Upcoming", zh: "待办")
}
