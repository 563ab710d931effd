import Costing
import Identity
import Records
import Values

/// Two years of costs that tell a story: search ads look cheap by the last touch and are dear by the first, a big
/// customer loses money, and the complaints about one product cost most.
struct DemoCosts {
    private(set) var rows: [(object: String, rows: [[String: SQLValue]])] = []

    private let world: DemoWorld
    private var random: SeededGenerator
    private var ids: DatedIDs
    private let admin: Int64
    /// The firsts of the months, oldest first; the last is the month before this one.
    let months: [Day]

    private struct Won {
        let id: Int64
        let customer: Int64
        let amount: Int64
        let closed: Day
        let owner: Int64
    }

    init(_ world: DemoWorld, seed: UInt64) {
        self.world = world
        random = SeededGenerator(seed: seed &+ 7)
        ids = world.ids
        admin = world.people.members[0].id.raw
        let today = world.days.today
        let first = Day(daysSince1970: today.daysSince1970 - today.parts.day + 1)
        months = (1...24).reversed().map { first.adding(months: -$0) }
        let deals = DemoCosts.won(world)
        let pools = makePools()
        makeActivities(pools)
        makeSales(deals)
        makeContracts(world, seed: seed)
        makeExpenses(deals)
        makeChannels(deals)
        makePolicy()
        makeTiers()
        makeBudgets(pools)
        makeSystems()
    }

    /// Puts the rows into the workspace, reckons all months and closes all but the last.
    func load(into engine: RecordEngine, _ counts: inout [String: Int]) async throws {
        let system = Actor.system("demo")
        for (object, rows) in rows {
            counts[object, default: 0] += rows.count
            for start in stride(from: 0, to: rows.count, by: 5000) {
                let batch = rows[start..<min(start + 5000, rows.count)]
                try await engine.write(as: system) { session in
                    var loader = try RowLoader(object, in: session)
                    for row in batch { try loader.add(row) }
                    try loader.finish()
                }
            }
        }
        try await engine.write(as: system) { try DemoCosts.setContractRule($0) }
        let runs = CostRuns(engine)
        for month in months {
            let run = try await runs.reckon(String(month.description.prefix(7)), by: system)
            if month != months.last { try await runs.close(run, by: system) }
        }
        _ = try await WorthRuns(engine).reckon(by: system)
        try await WarningRuns(engine).reckon()
        try await TierRuns(engine).sort(by: system)
        try await PredictionRuns(engine).reckon(by: system)
    }

    private static func won(_ world: DemoWorld) -> [Won] {
        world.opportunityRows.compactMap { row in
            guard row["stage"]?.text == "won", let id = row["id"]?.integer, let customer = row["customer"]?.integer,
                let amount = row["amount"]?.integer, let closed = row["closed_on"]?.text.flatMap({ Day($0) })
            else { return nil }
            return Won(
                id: id,
                customer: customer,
                amount: amount,
                closed: closed,
                owner: row["owner"]?.integer ?? world.people.members[0].id.raw
            )
        }
    }

    // MARK: Rows

    mutating func row(_ day: Day, _ values: [String: SQLValue], owner: Int64? = nil) -> [String: SQLValue] {
        let at = Instant(milliseconds: min(Int64(day.daysSince1970) * 86_400_000 + 7_200_000, world.now.milliseconds))
        var row = values
        row["id"] = .integer(ids.next(at: at).raw)
        row["owner"] = .integer(owner ?? admin)
        row["created_at"] = SQLValue(at)
        row["updated_at"] = SQLValue(at)
        return row
    }

    func money(_ key: String, _ fen: Int64) -> [String: SQLValue] {
        [key: .integer(fen), key + "_currency": .text("CNY"), key + "_base": .integer(fen)]
    }

    mutating func add(_ object: String, _ new: [[String: SQLValue]]) { rows.append((object, new)) }

    // MARK: Pools

    private static let teams: [(name: String, people: Int64, pay: Int64)] = [
        ("销售部", 1200, 1_150_000), ("售后支持部", 800, 820_000), ("客户成功部", 400, 960_000), ("驻场工程师", 200, 1_380_000),
    ]

    private mutating func makePools() -> [Int64] {
        var (pools, lines): ([[String: SQLValue]], [[String: SQLValue]]) = ([], [])
        for team in DemoCosts.teams {
            let pool = row(
                world.days.first,
                [
                    "name": .text(team.name), "people": .integer(team.people), "hours_per_year": .integer(2000),
                    "percent": .integer(80),
                ]
            )
            pools.append(pool)
            for (place, month) in months.enumerated() {
                let pay = team.pay * team.people / 100 + Int64(place) * team.people * 20
                let parts: [(String, String, Int64)] = [
                    ("pay", "工资", pay), ("social", "五险一金", pay * 38 / 100), ("tools", "工具与差旅设备", pay / 12),
                    ("rent", "房租分摊", team.people * 1200), ("system", "CRM 与电话系统", team.people * 180),
                ]
                for (kind, name, amount) in parts {
                    let values: [String: SQLValue] = [
                        "name": .text(name), "pool": pool["id"] ?? .null, "kind": .text(kind),
                        "day": .text(month.adding(months: 1).adding(days: -1).description),
                    ]
                    lines.append(row(month, values.merging(money("amount", amount)) { $1 }))
                }
            }
        }
        add("cost_pool", pools)
        add("cost_line", lines)
        return pools.map { $0["id"]?.integer ?? 0 }
    }

    private mutating func makeActivities(_ pools: [Int64]) {
        let kinds: [(name: String, pool: Int, category: String, condition: String, minutes: String)] = [
            ("电话沟通", 0, "maintenance", "kind = \"call\"", "12"),
            ("客户会议", 0, "maintenance", "kind = \"meeting\"", "75"),
            ("上门拜访", 0, "maintenance", "kind = \"visit\"", "150"),
            ("邮件往来", 2, "maintenance", "kind = \"email\"", "8"),
            ("消息答疑", 1, "service", "kind = \"message\"", "10 + if(direction = \"incoming\", 15, 0)"),
            ("售后处理", 1, "service", "outcome = \"resolved\"", "45"),
            ("现场支持", 3, "service", "kind = \"visit\" and outcome = \"follow_up\"", "180"),
        ]
        add(
            "cost_activity",
            kinds.map { kind in
                row(
                    world.days.first,
                    [
                        "name": .text(kind.name), "pool": .integer(pools[kind.pool]), "category": .text(kind.category),
                        "source": .text("activity"), "condition": .text(kind.condition),
                        "minutes": .text(kind.minutes), "logged": .text("duration_minutes"),
                        "customer": .text("customer"), "moment": .text("happened_at"), "product": .text("about"),
                        "active": .integer(1),
                    ]
                )
            }
        )
    }

    // MARK: Sales and expenses

    /// The customer with the largest sales of all: it got the largest discount, too.
    private func giant(_ deals: [Won]) -> Int64 {
        let sums = Dictionary(deals.map { ($0.customer, $0.amount) }, uniquingKeysWith: +)
        return sums.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 0
    }

    private mutating func makeSales(_ deals: [Won]) {
        let giant = giant(deals)
        var lines: [[String: SQLValue]] = []
        for deal in deals where deal.closed >= months[0] {
            let isGiant = deal.customer == giant
            let product = random.pick(world.products).raw
            let discount = deal.amount * Int64(isGiant ? 32 : random.number(0...8)) / 100
            let goods = deal.amount * Int64(isGiant ? 58 : random.number(38...52)) / 100
            let start: [String: SQLValue] = [
                "name": .text("XS-\(deal.closed)-\(lines.count + 1)"), "customer": .integer(deal.customer),
                "day": .text(deal.closed.description), "kind": .text("sale"), "product": .integer(product),
                "quantity": .integer(1000),
            ]
            let values = start.merging(money("amount", deal.amount)) { $1 }
                .merging(money("discount", discount)) { $1 }.merging(money("goods", goods)) { $1 }
            lines.append(row(deal.closed, values, owner: deal.owner))
            let paid = deal.closed.adding(days: random.number(20...75))
            if paid < world.days.today {
                let payment: [String: SQLValue] = [
                    "name": .text("HK-\(paid)-\(lines.count + 1)"), "customer": .integer(deal.customer),
                    "day": .text(paid.description), "kind": .text("payment"), "quantity": .integer(1000),
                ]
                lines.append(
                    row(paid, payment.merging(money("amount", deal.amount - discount)) { $1 }, owner: deal.owner)
                )
            }
        }
        add("sale_line", lines)
    }

    private mutating func expense(
        _ name: String,
        _ customer: Int64,
        _ day: Day,
        _ fen: Int64,
        _ nature: String,
        _ category: String,
        product: Int64? = nil,
        reason: String? = nil,
        owner: Int64? = nil
    ) -> [String: SQLValue] {
        let values: [String: SQLValue] = [
            "name": .text(name), "customer": .integer(customer), "day": .text(day.description),
            "nature": .text(nature), "category": .text(category), "state": .text("approved"),
            "product": SQLValue(product), "reason": SQLValue(reason), "decided_by": .integer(admin),
        ]
        return row(day, values.merging(money("amount", fen)) { $1 }, owner: owner)
    }

    private mutating func makeExpenses(_ deals: [Won]) {
        let giant = giant(deals)
        var list: [[String: SQLValue]] = []
        let gateway = world.products[7].raw
        for deal in deals where deal.closed >= months[0] && deal.closed < world.days.today {
            list.append(
                expense(
                    "销售提成",
                    deal.customer,
                    deal.closed,
                    deal.amount * 3 / 100,
                    "commission",
                    "acquisition",
                    owner: deal.owner
                )
            )
            if random.chance(30) {
                list.append(
                    expense(
                        "差旅",
                        deal.customer,
                        deal.closed,
                        Int64(random.number(60...420)) * 1000,
                        "expense",
                        "maintenance"
                    )
                )
            }
            if let complaint = complaint(deal, gateway) { list.append(complaint) }
        }
        // The giant has people of ours in its house every month.
        for month in months.suffix(14) {
            let amount = Int64(random.number(170...230)) * 10_000
            list.append(expense("驻场服务外包", giant, month.adding(days: 24), amount, "warranty", "service", reason: "现场驻守"))
        }
        let quarter = stride(from: 2, to: months.count, by: 3).map { months[$0] }
        for customer in world.customers.prefix(max(1, world.customers.count / 25)) {
            for month in quarter where customer.since < month {
                list.append(expense("答谢礼品", customer.id.raw, month.adding(days: 10), 38_000, "gift", "maintenance"))
            }
        }
        add("direct_cost", list)
    }

    /// The gateway is what people complain about.
    private mutating func complaint(_ deal: Won, _ gateway: Int64) -> [String: SQLValue]? {
        let breaks = random.chance(35)
        guard breaks || random.chance(10) else { return nil }
        let product = breaks ? gateway : random.pick(world.products).raw
        let reason = random.pick([("掉线死机", breaks ? 6 : 1), ("安装错误", 2), ("文档不清", 2), ("数据不准", 1)])
        let day = deal.closed.adding(days: random.number(15...120))
        guard day < world.days.today else { return nil }
        return expense(
            "维修换货",
            deal.customer,
            day,
            Int64(random.number(breaks ? 40...260 : 10...60)) * 10_000,
            "warranty",
            "service",
            product: product,
            reason: reason
        )
    }

    // MARK: Channels

    private mutating func makeChannels(_ deals: [Won]) {
        let sums = Dictionary(deals.map { ($0.customer, $0.amount) }, uniquingKeysWith: +)
        let middle = sums.values.sorted()[safe: sums.count / 2] ?? 0
        var touches: [[String: SQLValue]] = []
        for customer in world.customers {
            let id = customer.id.raw
            let isSmall = (sums[id] ?? 0) < middle
            if sums[id] == nil, random.chance(45) { continue }
            if sums[id] != nil, random.chance(6) { continue }
            let first =
                isSmall
                ? random.pick([("search", 7), ("social", 2), ("website", 1)])
                : random.pick([("exhibition", 5), ("referral", 4), ("partner", 2)])
            var way = [first]
            if random.chance(40) { way.append(random.pick(["event", "website", "partner"])) }
            // Before they sign, most look us up once more: the last click is nearly always a search.
            if sums[id] != nil, random.chance(70) { way.append("search") }
            var day = customer.since
            for (place, channel) in way.enumerated() {
                touches.append(
                    touch(["customer": .integer(id)], channel, day, first: place == 0, owner: customer.owner.raw)
                )
                day = min(day.adding(days: random.number(2...25)), world.days.today.adding(days: -1))
            }
        }
        for lead in world.leadRows where lead["converted_customer"]?.integer == nil {
            guard let id = lead["id"]?.integer, let at = lead["created_at"]?.integer else { continue }
            let day = world.days.day(of: Instant(milliseconds: at))
            let channel = random.pick([("search", 6), ("social", 2), ("website", 1), ("exhibition", 1)])
            touches.append(touch(["lead": .integer(id)], channel, day, first: true, owner: admin))
        }
        add("touch", touches)
        makeSpend()
    }

    private mutating func touch(
        _ who: [String: SQLValue],
        _ channel: String,
        _ day: Day,
        first: Bool,
        owner: Int64
    ) -> [String: SQLValue] {
        let at = Int64(day.daysSince1970) * 86_400_000 + Int64(random.number(1...9)) * 3_600_000
        let kind =
            ["search": "click", "social": "click", "website": "form", "referral": "referral"][channel] ?? "event"
        let values: [String: SQLValue] = [
            "name": .text(channel), "channel": .text(channel), "kind": .text(kind),
            "happened_at": .integer(min(at, world.now.milliseconds)), "first": .integer(first ? 1 : 0),
        ]
        return row(day, values.merging(who) { $1 }, owner: owner)
    }

    private mutating func makeSpend() {
        let budgets: [(channel: String, name: String, nature: String, fen: Int64)] = [
            ("search", "百度搜索推广", "ads", 4_800_000), ("social", "公众号与短视频投放", "ads", 1_500_000),
            ("website", "官网与内容运营", "promotion", 900_000), ("exhibition", "行业展会", "exhibition", 5_200_000),
            ("event", "客户沙龙", "promotion", 800_000), ("referral", "转介绍奖励", "promotion", 600_000),
            ("partner", "渠道伙伴支持", "promotion", 1_400_000),
        ]
        let scale = max(1, Int64(world.customers.count))
        var list: [[String: SQLValue]] = []
        for month in months {
            for budget in budgets {
                let amount = budget.fen * scale / 5000 * Int64(random.number(80...125)) / 100
                let values: [String: SQLValue] = [
                    "name": .text(budget.name), "channel": .text(budget.channel), "nature": .text(budget.nature),
                    "day": .text(month.adding(days: 27).description),
                    "reference": .text("TF-\(month.description.prefix(7))-\(budget.channel)"),
                ]
                list.append(row(month, values.merging(money("amount", amount)) { $1 }))
            }
        }
        add("channel_spend", list)
    }

    private mutating func makePolicy() {
        let policy = row(
            months[12],
            [
                "name": .text("客户服务费标准（草案）"), "state": .text("draft"), "period": .text("month"),
                "number": .integer(1),
                "note": .text("按服务等级与服务工时收费，标准在官网公示，客户可申请人工复核。"),
            ]
        )
        let id = policy["id"] ?? .null
        let rules: [(String, String?, String, Int64, Int64)] = [
            ("A 级客户免收", "A", "fixed", 0, 0), ("B 级按超出工时", "B", "hours", 30_000, 600),
            ("C 级按超出工时", "C", "hours", 30_000, 120),
        ]
        add("fee_policy", [policy])
        add(
            "fee_rule",
            rules.enumerated().map { place, rule in
                let values: [String: SQLValue] = [
                    "name": .text(rule.0), "policy": id, "place": .integer(Int64(place + 1)), "tier": SQLValue(rule.1),
                    "base": .text(rule.2), "allowance": .integer(rule.4),
                ]
                return row(months[12], values.merging(money("amount", rule.3)) { $1 })
            }
        )
    }
}

extension Array {
    fileprivate subscript(safe place: Int) -> Element? { indices.contains(place) ? self[place] : nil }
}
