public import Schema
public import Values

/// What a part of an expression is.
public enum ValueType: Sendable, Equatable {
    /// A text.
    case text
    /// A number; amounts of money count in the workspace's currency.
    case number
    /// Yes or no.
    case boolean
    /// A day.
    case day
    /// A moment.
    case instant
    /// A duration; only to be added to a day or a moment.
    case duration
    /// One of a list.
    case choice([Choice])
    /// Several of a list; without a list, free tags.
    case several([Choice]?)
    /// A record of the object with that key; `sys_user` for people, nil for any object.
    case record(String?)

    /// The type of a formula's or roll-up's result.
    public init(_ kind: ResultKind) {
        switch kind {
        case .text: self = .text
        case .number: self = .number
        case .boolean: self = .boolean
        case .day: self = .day
        case .instant: self = .instant
        }
    }

    /// The type in the words of messages.
    public var label: Label {
        switch self {
        case .text: Label("a text", zh: "文本")
        case .number: Label("a number", zh: "数字")
        case .boolean: Label("a condition (yes or no)", zh: "条件（是或否）")
        case .day: Label("a date", zh: "日期")
        case .instant: Label("a date with time", zh: "日期时间")
        case .duration: Label("a duration", zh: "时长")
        case .choice: Label("a choice", zh: "选项")
        case .several(.some): Label("several choices", zh: "多选项")
        case .several(.none): Label("tags", zh: "标签")
        case .record("sys_user"): Label("a person", zh: "人员")
        case .record: Label("a linked record", zh: "关联记录")
        }
    }

    /// True when values of both may be compared with each other as they are.
    func matches(_ other: ValueType) -> Bool {
        switch (self, other) {
        case (.choice, .choice), (.several, .several): true
        case (.record(let mine), .record(let theirs)): mine == nil || theirs == nil || mine == theirs
        default: self == other
        }
    }
}

/// What an expression gives for a record.
public enum EvaluatedValue: Sendable, Equatable {
    /// No value.
    case empty
    /// A text; also the key of a choice and several keys as `|a|b|`.
    case text(String)
    /// A finite number.
    case number(Double)
    /// Yes or no.
    case boolean(Bool)
    /// A day as `YYYY-MM-DD`.
    case day(String)
    /// A moment in milliseconds since 1970.
    case instant(Int64)
    /// The number of a record's id.
    case record(Int64)

    /// The value as the SQL reader gives it.
    public var sqlValue: SQLValue {
        switch self {
        case .empty: .null
        case .text(let text), .day(let text): .text(text)
        case .number(let number): .real(number)
        case .boolean(let flag): SQLValue(flag)
        case .instant(let number), .record(let number): .integer(number)
        }
    }

    /// True only for yes.
    public var isTrue: Bool { self == .boolean(true) }
}

/// The moment, the person and the time zone that an expression is worked out for.
public struct EvaluationContext: Sendable {
    /// The person's day.
    public var today: Day
    /// The moment.
    public var now: Instant
    /// The person; nil for the system: then `me` is empty.
    public var me: RecordID?
    /// The person's team and all teams below it: what `my_teams` means.
    public var myTeams: [RecordID]
    /// The person's zone: decides on which day a moment falls.
    public var zone: Zone

    /// A context.
    public init(today: Day, now: Instant, me: RecordID? = nil, myTeams: [RecordID] = [], zone: Zone = .fixed(0)) {
        self.today = today
        self.now = now
        self.me = me
        self.myTeams = myTeams
        self.zone = zone
    }

    /// The first or last day of the present week, which begins on Monday, month, quarter or year.
    func border(_ word: Expression.Word) -> Day {
        let (_, month, number) = today.parts
        let week = today.adding(days: -(((today.daysSince1970 + 3) % 7 + 7) % 7))
        let first = today.adding(days: 1 - number)
        let quarter = first.adding(months: -((month - 1) % 3))
        let year = first.adding(months: 1 - month)
        switch word {
        case .weekStart: return week
        case .weekEnd: return week.adding(days: 6)
        case .monthStart: return first
        case .monthEnd: return first.adding(months: 1).adding(days: -1)
        case .quarterStart: return quarter
        case .quarterEnd: return quarter.adding(months: 3).adding(days: -1)
        case .yearStart: return year
        case .yearEnd: return year.adding(months: 12).adding(days: -1)
        case .today, .now, .me, .myTeams: return today
        }
    }

    /// The first millisecond of a day.
    func start(of day: Day) -> Int64 { zone.start(of: day) }
}
