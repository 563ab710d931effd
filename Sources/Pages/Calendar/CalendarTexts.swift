public import Values

/// The words of the calendar.
public enum CalendarTexts {
    /// Meetings, visits and tasks by day.
    public static let calendar = Label("Calendar", zh: "日历")
    /// A meeting.
    public static let new = Label("New meeting", zh: "新建会议")
    /// Back.
    public static let before = Label("Earlier", zh: "往前")
    /// This day.
    public static let today = Label("Today", zh: "今天")
    /// On.
    public static let after = Label("Later", zh: "往后")
    /// How much is shown.
    public static let span = Label("Span", zh: "显示范围")
    /// Whose.
    public static let whose = Label("Whose", zh: "查看谁的")
    /// Thirty days.
    public static let month = Label("Month", zh: "月")
    /// Seven.
    public static let week = Label("Week", zh: "周")
    /// One.
    public static let day = Label("Day", zh: "日")
    /// Nothing is on.
    public static let nothing = Label("Nothing is planned in this time.", zh: "这段时间没有安排。")
    /// There is more.
    public static let cut = Label(
        "There is more than is shown here: look at a week or a day.",
        zh: "内容较多，仅显示一部分，请按周或按日查看。"
    )
    /// So many more.
    public static func more(_ count: Int) -> Label { Label("\(count) more", zh: "还有 \(count) 项") }
    /// What it is.
    public static func kind(_ kind: CalendarEvent.Kind) -> Label {
        switch kind {
        case .meeting: Label("Meeting", zh: "会议")
        case .visit: Label("Visit", zh: "拜访")
        case .task: Label("Task", zh: "任务")
        }
    }
    /// In other programs.
    public static let subscribe = Label("See it in another calendar", zh: "在其他日历中查看")
    /// How.
    public static let subscribeText = Label(
        "A secret address that calendar programs on phones and computers read. Whoever has it sees your meetings, visits and tasks, and nothing else; revoke it when it has got about.",
        zh: "生成一个私密地址，供手机或电脑上的日历订阅。知道该地址的人可以看到您的会议、拜访和任务（仅此而已），如有泄露请立即吊销。"
    )
    /// Makes one.
    public static let make = Label("Make a secret address", zh: "生成私密地址")
    /// It is shown once.
    public static let once = Label("Copy it now: it is not shown again.", zh: "请立即复制，此地址只显示这一次。")
    /// Ends one.
    public static let revoke = Label("Revoke", zh: "吊销")
    /// Was ended.
    public static let revoked = Label("The address no longer works.", zh: "该地址已失效。")
    /// When one was made and last read.
    public static func made(_ day: String, used: String?) -> Label {
        Label(
            "Made \(day), " + (used.map { "last read \($0)" } ?? "never read"),
            zh: "\(day) 生成，" + (used.map { "最近读取 \($0)" } ?? "从未读取")
        )
    }
    /// A file for other people's calendars.
    public static let invitation = Label("Invitation (.ics)", zh: "日历邀请（.ics）")

    /// The name of a day of the week.
    public static func weekday(_ day: Day, _ language: Language) -> String {
        let place = ((day.daysSince1970 + 3) % 7 + 7) % 7
        return language == .zh
            ? ["周一", "周二", "周三", "周四", "周五", "周六", "周日"][place]
            : ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][place]
    }

    /// A month: `2026年11月`, `November 2026`.
    public static func month(_ day: Day, _ language: Language) -> String {
        let (year, month, _) = day.parts
        let names = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ]
        return language == .zh ? "\(year)年\(month)月" : "\(names[month - 1]) \(year)"
    }
}
