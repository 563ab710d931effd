import Ledger
import Testing
import Values

/// data/worked-examples/cost-allocation-1: each figure of expected.json, to the fen.
@Suite struct WorkedExampleTests {
    private static let folder = "worked-examples/cost-allocation-1/"
    private static let pools = ["SALES", "SUPPORT", "IMPL", "FIN"]
    private static let models: [(String, AttributionModel)] = [
        ("linear", .linear), ("first", .first), ("last", .last), ("position", .position),
    ]

    private struct Company {
        var customers: [String] = []
        var drivers: [String: [Int64]] = [:]
        var minutes: [String: [Int64]] = [:]
        var direct: [Int64] = []
        var journeys: [[(day: Double, campaign: String)]] = []

        init() throws {
            let rows = try SharedFiles.rows(folder + "customers.csv")
            customers = rows.compactMap { $0["customer_id"] }
            drivers["revenue"] = rows.map { Int64($0["revenue_fen"] ?? "") ?? 0 }
            drivers["seats"] = rows.map { Int64($0["seats"] ?? "") ?? 0 }
            drivers["equal"] = rows.map { _ in 1 }
            drivers["tickets"] = rows.map { _ in 0 }
            drivers["minutes"] = rows.map { _ in 0 }
            direct = rows.map { _ in 0 }
            journeys = rows.map { _ in [] }
            for pool in pools { minutes[pool] = rows.map { _ in 0 } }
            try log()
            for line in try SharedFiles.rows(folder + "direct_costs.csv") {
                direct[place(line)] += Int64(line["amount_fen"] ?? "") ?? 0
            }
            for touch in try SharedFiles.rows(folder + "touches.csv").sorted(by: order) {
                journeys[place(touch)].append((0, touch["campaign_id"] ?? ""))
            }
        }

        private func order(_ left: [String: String], _ right: [String: String]) -> Bool {
            (left["timestamp"] ?? "", left["touch_id"] ?? "") < (right["timestamp"] ?? "", right["touch_id"] ?? "")
        }

        private func place(_ row: [String: String]) -> Int {
            customers.firstIndex(of: row["customer_id"] ?? "") ?? 0
        }

        private mutating func log() throws {
            var equations: [String: (pool: String, equation: TimeEquation)] = [:]
            for row in try SharedFiles.rows(folder + "activities.csv") {
                func number(_ key: String) -> Double { Double(row[key] ?? "") ?? 0 }
                equations[row["activity_id"] ?? ""] = (
                    row["pool_id"] ?? "",
                    TimeEquation(
                        base: number("base_minutes"),
                        additions: [
                            number("extra_new_customer"), number("extra_urgent"), number("extra_foreign_language"),
                        ]
                    )
                )
            }
            for row in try SharedFiles.rows(folder + "activity_log.csv") {
                let activity = row["activity_id"] ?? ""
                let flags = ["is_new_customer", "is_urgent", "is_foreign_language"].map { Double(row[$0] ?? "") ?? 0 }
                let quantity = Double(row["quantity"] ?? "") ?? 0
                guard let (pool, equation) = equations[activity] else { continue }
                let time = Int64(quantity * equation.minutes(flags))
                let customer = place(row)
                minutes[pool]?[customer] += time
                drivers["minutes"]?[customer] += time
                if activity == "TICKET" { drivers["tickets"]?[customer] += Int64(quantity) }
            }
        }
    }

    @Test func `every intermediate figure of the worked example is right to the fen`() throws {
        let company = try Company()
        let expected = try SharedFiles.json(Self.folder + "expected.json")
        var costs = company.direct
        var unused: Int64 = 0
        for row in try SharedFiles.rows(Self.folder + "resource_pools.csv") {
            let id = row["pool_id"] ?? ""
            let pool = CapacityPool(
                cost: Int64(row["cost_fen"] ?? "") ?? 0,
                capacity: Int64(row["practical_capacity_minutes"] ?? "") ?? 0
            )
            let result = pool.assign(company.minutes[id] ?? [])
            let wanted = expected["pools"]?[id]
            #expect(result.assigned == wanted?["used_cost_fen"]?.integer)
            #expect(result.unused == wanted?["unused_cost_fen"]?.integer)
            for (place, customer) in company.customers.enumerated() {
                let line = expected["customers"]?[customer]
                #expect(company.minutes[id]?[place] == line?["minutes"]?[id]?.integer)
                #expect(result.parts[place] == line?["activity_cost_fen"]?[id]?.integer)
                costs[place] += result.parts[place]
            }
            unused += result.unused
        }
        for row in try SharedFiles.rows(Self.folder + "overheads.csv") {
            let (id, driver) = (row["overhead_id"] ?? "", row["driver"] ?? "")
            let weights = company.drivers[driver] ?? []
            let parts = try #require(Allocation.split(Int64(row["amount_fen"] ?? "") ?? 0, by: weights))
            for (place, customer) in company.customers.enumerated() {
                #expect(parts[place] == expected["customers"]?[customer]?["overhead_fen"]?[id]?.integer)
                #expect(weights[place] == expected["driver_values"]?[driver]?[customer]?.integer)
                costs[place] += parts[place]
            }
        }
        #expect(unused == expected["reconciliation"]?["linear"]?["unused_capacity_fen"]?.integer)
        for (name, model) in Self.models { try check(name, model, company, costs, expected) }
    }

    private func check(
        _ name: String,
        _ model: AttributionModel,
        _ company: Company,
        _ base: [Int64],
        _ expected: JSONValue
    ) throws {
        var spend: [AcquisitionCost.Cohort: Int64] = [:]
        for row in try SharedFiles.rows(Self.folder + "campaigns.csv") {
            spend[.init(row["campaign_id"] ?? "", "2026-06")] = Int64(row["cost_fen"] ?? "") ?? 0
        }
        let journeys = company.journeys.enumerated().map { place, touches in
            AcquisitionCost.Journey(
                id: Int64(place),
                won: true,
                touches: touches.map { .init($0.campaign, "2026-06") },
                weights: Attribution.weights(model, days: touches.map(\.day))
            )
        }
        let result = AcquisitionCost(spend: spend, journeys: journeys)
        var allocated: Int64 = 0
        for (place, customer) in company.customers.enumerated() {
            let wanted = expected["customers"]?[customer]
            let share = result.shares[Int64(place)]?.full ?? 0
            #expect(share == wanted?["campaign_cost_fen"]?[name]?.integer)
            let revenue = company.drivers["revenue"]?[place] ?? 0
            var statement = ProfitStatement([.sales: revenue, .service: base[place] + share])
            #expect(statement.costToServe == wanted?["total_cost_fen"]?[name]?.integer)
            #expect(statement.profit == wanted?["profit_fen"]?[name]?.integer)
            let margin = statement.marginHundredths.map { FixedPoint.text($0, digits: 2) }
            #expect(margin == wanted?["margin_percent"]?[name]?.string)
            statement[.fees] = 1
            #expect(statement.profitAfterFees == statement.profit + 1)
            allocated += base[place] + share
        }
        let untouched = result.lines.values.reduce(0) { $0 + $1.untouched }
        let sums = expected["reconciliation"]?[name]
        #expect(allocated == sums?["allocated_to_customers_fen"]?.integer)
        #expect(untouched == sums?["unattributed_campaign_fen"]?.integer)
    }
}
