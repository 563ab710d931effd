import Schema
import Values

/// A team or asset whose cost is spread by the time that it spends on customers.
enum CostPool: ObjectType {
    static let key = "cost_pool"
    static let fields = Fields()

    struct Fields: Sendable {
        let name = Field<String>("name", Label("Name", zh: "名称"), .text(max: 100)) {
            $0.required = true
            $0.unique = true
            $0.searchable = true
        }
        /// Hundredths of a person.
        let people = Field<Int64>("people", Label("People", zh: "人数"), .decimal(scale: 2)) {
            $0.required = true
            $0.defaultJSON = "3"
        }
        let hoursPerYear = Field<Int64>("hours_per_year", Label("Hours a year each", zh: "每人年工时"), .integer) {
            $0.defaultJSON = "2080"
        }
        let reckoned = Field<String>("capacity_by", Label("Capacity by", zh: "产能口径"), .choice(CostPool.ways)) {
            $0.defaultJSON = "\"hours\""
            $0.help = Label(
                "By the calendar a month with holidays has less capacity, and its hours are dearer.",
                zh: "按日历核算时，有节假日的月份产能较少，单位工时成本较高。"
            )
        }
        let minutesPerDay = Field<Int64>("minutes_per_day", Label("Minutes a day", zh: "每日分钟"), .integer) {
            $0.defaultJSON = "480"
        }
        let percent = Field<Int64>("percent", Label("For customers (%)", zh: "可用产能（%）"), .integer) {
            $0.defaultJSON = "80"
            $0.help = Label(
                "The part of the hours that is left for customers after breaks, training and meetings; 80 as a rule.",
                zh: "扣除休息、培训和会议后可用于客户的工时比例，一般为 80%。"
            )
        }
        let note = Field<String>("note", Label("Notes", zh: "备注"), .longText(max: 4000))
    }

    /// What the capacity of a month is reckoned by.
    static let ways = [
        Choice("hours", Label("Hours a year ÷ 12", zh: "年工时 ÷ 12")),
        Choice("calendar", Label("Working days of the month", zh: "当月工作日（含节假日与调休）")),
    ]

    static let definition = ObjectDefinition.declared(
        key,
        plural: "cost_pools",
        Label("Cost pool", zh: "成本池"),
        many: Label("Cost pools", zh: "成本池"),
        icon: "stack",
        fields: [
            fields.name.definition, fields.people.definition, fields.reckoned.definition,
            fields.hoursPerYear.definition, fields.minutesPerDay.definition, fields.percent.definition,
            fields.note.definition,
        ]
    ) {
        $0.listFields = ["name", "people", "hours_per_year", "percent"]
        $0.rules = [
            ValidationRule(
                id: "cost_pool.capacity",
                expression: """
                    people >= 0 and hours_per_year between 0 and 8784 and percent between 1 and 100 \
                    and (minutes_per_day is empty or minutes_per_day between 0 and 1440)
                    """,
                message: Label(
                    "People from 0, hours up to 8,784, minutes up to 1,440 and a share of 1 to 100 %.",
                    zh: "人数不能为负，年工时不超过 8784，每日不超过 1440 分钟，产能比例应在 1% 到 100% 之间。"
                )
            )
        ]
    }
}

/// The capacity of a pool in one month, where it differs: people who came and went, holidays.
enum PoolMonth: ObjectType {
    static let key = "pool_month"
    static let fields = Fields()

    struct Fields: Sendable {
        let name = Field<String>("name", Label("Month", zh: "月份"), .text(max: 20)) { $0.readOnly = true }
        let pool = Field<RecordID>("pool", Label("Cost pool", zh: "成本池"), .link(to: "cost_pool")) {
            $0.required = true
        }
        let month = Field<Day>("month", Label("First of the month", zh: "月份（首日）"), .day) { $0.required = true }
        let people = Field<Int64>("people", Label("People on average", zh: "平均人数"), .decimal(scale: 2)) {
            $0.required = true
        }
        let days = Field<Int64>("days", Label("Working days", zh: "工作日数"), .integer) {
            $0.help = Label(
                "Without public holidays, with make-up working days. Empty: those of the workspace's calendar.",
                zh: "扣除法定节假日，加上调休上班日；留空则按系统的工作日历。"
            )
        }
        let minutesPerDay = Field<Int64>("minutes_per_day", Label("Minutes a day", zh: "每日分钟"), .integer) {
            $0.defaultJSON = "480"
        }
        let percent = Field<Int64>("percent", Label("For customers (%)", zh: "可用产能（%）"), .integer) {
            $0.defaultJSON = "80"
        }
    }

    static let definition = ObjectDefinition.declared(
        key,
        plural: "pool_months",
        Label("Capacity of a month", zh: "月度产能"),
        many: Label("Capacities by month", zh: "月度产能"),
        icon: "calendar",
        fields: [
            fields.name.definition, fields.pool.definition, fields.month.definition, fields.people.definition,
            fields.days.definition, fields.minutesPerDay.definition, fields.percent.definition,
        ]
    ) {
        $0.parentLink = "pool"
        $0.listFields = ["name", "pool", "people", "days", "minutes_per_day", "percent"]
        $0.rules = [
            ValidationRule(
                id: "pool_month.capacity",
                expression: """
                    people >= 0 and (days is empty or days between 0 and 31) and minutes_per_day between 0 and 1440 \
                    and percent between 1 and 100
                    """,
                message: Label("Check days, minutes and the share.", zh: "请检查工作日数、每日分钟和产能比例。")
            )
        ]
    }
}

/// One cost of a pool in one month. Only who has a right of their own to it sees what people earn.
enum CostLine: ObjectType {
    static let key = "cost_line"
    static let fields = Fields()

    struct Fields: Sendable {
        let name = Field<String>("name", Label("Purpose", zh: "说明"), .text(max: 200)) { $0.required = true }
        let pool = Field<RecordID>("pool", Label("Cost pool", zh: "成本池"), .link(to: "cost_pool")) {
            $0.required = true
        }
        let kind = Field<String>("kind", Label("Kind", zh: "类别"), .choice(CostChoices.lineKinds)) {
            $0.required = true
            $0.defaultJSON = "\"pay\""
        }
        let day = Field<Day>("day", Label("Month", zh: "所属月份"), .day) { $0.required = true }
        let amount = Field<Money>("amount", Label("Amount", zh: "金额"), .money) { $0.required = true }
    }

    static let definition = ObjectDefinition.declared(
        key,
        plural: "cost_lines",
        Label("Cost of a pool", zh: "成本池费用"),
        many: Label("Costs of pools", zh: "成本池费用"),
        icon: "list",
        fields: [
            fields.name.definition, fields.pool.definition, fields.kind.definition, fields.day.definition,
            fields.amount.definition,
        ]
    ) {
        $0.listFields = ["name", "pool", "kind", "day", "amount"]
        $0.indexes = [["day"]]
    }
}
