import SQLText
import Values

/// Tiers, budgets and what a system costs, beside the costs of the demo.
extension DemoCosts {
    mutating func makeTiers() {
        let tiers: [(String, Int64?, Int64?, String)] = [
            ("A", 10_000_000, 7_000_000, "专属客户经理，2 小时内响应"), ("B", 1_000_000, 600_000, "每季回访，当日响应"),
            ("C", nil, nil, "自助服务与在线客服，次日响应"),
        ]
        add(
            "value_tier",
            tiers.map { name, rise, fall, service in
                var values: [String: SQLValue] = ["name": .text(name), "service": .text(service)]
                if let rise { values.merge(money("rise_at", rise)) { $1 } }
                if let fall { values.merge(money("fall_below", fall)) { $1 } }
                return row(months[0], values)
            }
        )
    }

    /// Budgets of the last year: the support team was planned too small, the search ads too dear.
    mutating func makeBudgets(_ pools: [Int64]) {
        var budgets: [[String: SQLValue]] = []
        let teams: [Int64] = [22_000_000, 8_500_000, 6_000_000, 4_200_000]
        for month in months.suffix(12) {
            let day = SQLValue.text(month.description)
            for (pool, amount) in zip(pools, teams) {
                let values: [String: SQLValue] = [
                    "name": .text("团队预算"), "day": day, "kind": .text("pool"), "pool": .integer(pool),
                ]
                budgets.append(row(month, values.merging(money("amount", amount)) { $1 }))
            }
            for (channel, amount) in [("search", Int64(4_000_000)), ("exhibition", 2_500_000), ("social", 1_000_000)] {
                let values: [String: SQLValue] = [
                    "name": .text("渠道预算"), "day": day, "kind": .text("channel"), "channel": .text(channel),
                ]
                budgets.append(row(month, values.merging(money("amount", amount)) { $1 }))
            }
        }
        add("cost_budget", budgets)
    }

    mutating func makeSystems() {
        let items: [(String, String, String, Int64, Int64, Int64)] = [
            ("软件许可", "buy", "once", 18_000_000, 20_000_000, 26_000_000),
            ("实施与培训", "buy", "once", 6_000_000, 9_000_000, 18_000_000),
            ("年维护费", "buy", "yearly", 3_000_000, 3_600_000, 4_200_000),
            ("服务器与运维", "buy", "yearly", 2_000_000, 3_000_000, 5_000_000),
            ("账号订阅", "subscribe", "per_user", 200_000, 240_000, 360_000),
            ("实施与培训", "subscribe", "once", 2_000_000, 4_000_000, 9_000_000),
            ("开发人员", "build", "yearly", 30_000_000, 40_000_000, 70_000_000),
            ("服务器与运维", "build", "yearly", 2_000_000, 3_000_000, 5_000_000),
        ]
        add(
            "ownership_item",
            items.map { name, way, rhythm, low, likely, high in
                var values: [String: SQLValue] = [
                    "name": .text(name), "way": .text(way), "rhythm": .text(rhythm), "growth": .integer(300),
                    "first_year": .integer(1),
                ]
                for (key, amount) in [("low", low), ("likely", likely), ("high", high)] {
                    values.merge(money(key, amount)) { $1 }
                }
                return row(months[0], values)
            }
        )
    }
}
