import Costing
import Records
import SQLText
import Values

/// Customers of the demo who pay month by month for maintenance, of whom some leave: who stays how long is seen under
/// «Worth».
extension DemoWorld {
    /// The tag of customers under contract.
    static let contractTag = "运维合同"

    /// Tags a part of the companies; the numbers of the rest of the demo stay as they are.
    mutating func tagContracts() {
        for index in customers.indices where index % 10 == 4 && customers[index].isCompany {
            let tags = customers[index].row["tags"]?.text ?? "|"
            customers[index].row["tags"] = .text(tags + DemoWorld.contractTag + "|")
        }
    }
}

extension DemoCosts {
    /// The invoices of customers under contract, one a month while they stay.
    mutating func makeContracts(_ world: DemoWorld, seed: UInt64) {
        var random = SeededGenerator(seed: seed &+ 11)
        var lines: [[String: SQLValue]] = []
        for customer in world.customers where customer.row["tags"]?.text?.contains(DemoWorld.contractTag) == true {
            let fee = Int64(random.number(8...45)) * 10_000
            let begin = random.number(0...20)
            for (place, month) in months.enumerated().dropFirst(begin) {
                // The first half-year is when most find that they do not need it.
                if place > begin, random.number(1...1000) <= (place - begin <= 6 ? 40 : 15) { break }
                lines.append(invoice("sale", "YW", month.adding(days: 4), fee, customer, goods: fee * 28 / 100))
                lines.append(invoice("payment", "YK", month.adding(days: 18), fee, customer))
            }
        }
        add("sale_line", lines)
    }

    private mutating func invoice(
        _ kind: String,
        _ prefix: String,
        _ day: Day,
        _ fen: Int64,
        _ customer: DemoCustomer,
        goods: Int64? = nil
    ) -> [String: SQLValue] {
        var values: [String: SQLValue] = [
            "name": .text("\(prefix)-\(day.description.prefix(7))-\(customer.id)"), "kind": .text(kind),
            "customer": .integer(customer.id.raw), "day": .text(day.description), "quantity": .integer(1000),
        ]
        values.merge(money("amount", fen)) { $1 }
        if let goods { values.merge(money("goods", goods)) { $1 } }
        return row(day, values, owner: customer.owner.raw)
    }

    /// Says in the rules who is under contract.
    static func setContractRule(_ session: WriteSession) throws {
        var policy = try CostSettings.policy(session)
        policy.contractFilter = "tags contains \"\(DemoWorld.contractTag)\""
        try CostSettings.save(policy, session)
    }
}
