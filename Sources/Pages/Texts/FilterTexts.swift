public import Values

/// The words of filters that people build from fields.
public enum FilterTexts {
    /// Begins a condition.
    public static let add = Label("Add filter", zh: "添加筛选")
    /// The conditions of now.
    public static let conditions = Label("Filters", zh: "筛选条件")
    /// Which field.
    public static let chooseField = Label("Which field?", zh: "按哪个字段筛选？")
    /// Finds a field by its name.
    public static let findField = Label("Find a field", zh: "查找字段")
    /// All parts hold.
    public static let and = Label("and", zh: "且")
    /// One of the parts holds.
    public static let or = Label("or", zh: "或")
    /// Leads to another condition beside one.
    public static let orMore = Label("or…", zh: "或…")
    /// The contrary.
    public static let not = Label("not", zh: "非")
    /// Adds an alternative to a condition.
    public static let orElse = Label("Or…", zh: "或者…")
    /// Adds a condition that must hold too.
    public static let andAlso = Label("And…", zh: "并且…")
    /// Turns a group of «and» into one of «or».
    public static let makeOr = Label("Make it “or”", zh: "改为“或”")
    /// Turns a group of «or» into one of «and».
    public static let makeAnd = Label("Make it “and”", zh: "改为“且”")
    /// Turns a condition into its contrary.
    public static let negate = Label("Exclude instead", zh: "改为排除")
    /// Takes a condition away.
    public static func remove(_ text: String) -> Label { Label("Remove: \(text)", zh: "移除：\(text)") }
    /// How a field is compared.
    public static let test = Label("Comparison", zh: "比较方式")
    /// With what.
    public static let value = Label("Value", zh: "值")
    /// The lower end.
    public static let from = Label("From", zh: "从")
    /// The upper end.
    public static let to = Label("To", zh: "到")
    /// How many days.
    public static let days = Label("Days", zh: "天数")
    /// The whole filter as text.
    public static let expression = Label("As an expression", zh: "用表达式编写")
    /// What an expression is for.
    public static let expressionHelp = Label(
        "Also for totals over related records, such as count(tickets where status != \"closed\") > 3.",
        zh: "可以写更复杂的条件，例如 count(tickets where status != \"closed\") > 3。"
    )
    /// A condition without a simple form.
    public static let formula = Label("Formula", zh: "表达式")
    /// Whoever looks.
    public static let me = Label("me", zh: "我")
    /// The teams of whoever looks.
    public static let myTeams = Label("my team", zh: "我的团队")
    /// A calendar week, month, quarter or year.
    public static let period = Label("Period", zh: "时间段")
    /// Today.
    public static let today = Label("today", zh: "今天")
    /// Between the values of a list.
    public static let comma = Label(", ", zh: "、")
}

/// What can be asked of a field.
public enum FilterAsk: String, Sendable, CaseIterable {
    case contains, containsNot, startsWith, startsNotWith
    case equals, differs, less, lessOrEqual, greater, greaterOrEqual, between, notBetween
    case oneOf, noneOf
    case today, within, last, next, older, beforeToday, on, notOn, from, until, before, after
    case yes, no
    case empty, notEmpty

    /// As it is read in a sentence: «stage *is one of* …».
    public var label: Label {
        switch self {
        case .contains: Label("contains", zh: "包含")
        case .containsNot: Label("does not contain", zh: "不包含")
        case .startsWith: Label("starts with", zh: "开头是")
        case .startsNotWith: Label("does not start with", zh: "开头不是")
        case .equals: Label("equals", zh: "等于")
        case .differs: Label("is not", zh: "不等于")
        case .less: Label("is less than", zh: "小于")
        case .lessOrEqual: Label("is at most", zh: "不超过")
        case .greater: Label("is more than", zh: "大于")
        case .greaterOrEqual: Label("is at least", zh: "不少于")
        case .between: Label("is between", zh: "介于")
        case .notBetween: Label("is not between", zh: "不介于")
        case .oneOf: Label("is", zh: "是")
        case .noneOf: Label("is not", zh: "不是")
        case .today: Label("is today", zh: "是今天")
        case .within: Label("is in", zh: "在")
        case .last: Label("in the last … days", zh: "在最近…天")
        case .next: Label("in the next … days", zh: "在未来…天")
        case .older: Label("more than … days ago", zh: "早于…天前")
        case .beforeToday: Label("is before today", zh: "早于今天")
        case .on: Label("is on", zh: "是")
        case .notOn: Label("is not on", zh: "不是")
        case .from: Label("is on or after", zh: "不早于")
        case .until: Label("is on or before", zh: "不晚于")
        case .before: Label("is before", zh: "早于")
        case .after: Label("is after", zh: "晚于")
        case .yes: Label("is yes", zh: "为“是”")
        case .no: Label("is no", zh: "为“否”")
        case .empty: Label("is empty", zh: "为空")
        case .notEmpty: Label("is filled in", zh: "不为空")
        }
    }
}

/// A week, month, quarter or year that moves with the day.
public enum FilterPeriod: String, Sendable, CaseIterable {
    case thisWeek, lastWeek, nextWeek, thisMonth, lastMonth, nextMonth, thisQuarter, lastQuarter, thisYear, lastYear

    /// As people say it.
    public var label: Label {
        switch self {
        case .thisWeek: Label("this week", zh: "本周")
        case .lastWeek: Label("last week", zh: "上周")
        case .nextWeek: Label("next week", zh: "下周")
        case .thisMonth: Label("this month", zh: "本月")
        case .lastMonth: Label("last month", zh: "上月")
        case .nextMonth: Label("next month", zh: "下月")
        case .thisQuarter: Label("this quarter", zh: "本季度")
        case .lastQuarter: Label("last quarter", zh: "上季度")
        case .thisYear: Label("this year", zh: "今年")
        case .lastYear: Label("last year", zh: "去年")
        }
    }

    /// The first and the last day as the language of filters says them: they stay relative wherever they are kept.
    public var days: (first: String, last: String) {
        switch self {
        case .thisWeek: ("week_start", "week_end")
        case .lastWeek: ("week_start - 7d", "week_start - 1d")
        case .nextWeek: ("week_end + 1d", "week_end + 7d")
        case .thisMonth: ("month_start", "month_end")
        case .lastMonth: ("month_start - 1mo", "month_start - 1d")
        case .nextMonth: ("month_end + 1d", "month_start + 2mo - 1d")
        case .thisQuarter: ("quarter_start", "quarter_end")
        case .lastQuarter: ("quarter_start - 3mo", "quarter_start - 1d")
        case .thisYear: ("year_start", "year_end")
        case .lastYear: ("year_start - 1y", "year_start - 1d")
        }
    }
}
