import SQLText
import Values

/// A product of the demo company.
struct DemoProduct: Sendable {
    let name: String
    let code: String
    let category: String
    let unit: String
    /// Fen.
    let price: Int64
    let quantity: ClosedRange<Int>

    static let all: [DemoProduct] = [
        .init(name: "云帆 MES 标准版", code: "YF-MES-S", category: "软件", unit: "套", price: 18_000_000, quantity: 1...1),
        .init(name: "云帆 MES 企业版", code: "YF-MES-E", category: "软件", unit: "套", price: 46_000_000, quantity: 1...1),
        .init(name: "APS 自动排产", code: "YF-APS", category: "软件", unit: "套", price: 22_000_000, quantity: 1...1),
        .init(name: "QMS 质量追溯", code: "YF-QMS", category: "软件", unit: "套", price: 15_800_000, quantity: 1...1),
        .init(name: "WMS 仓储条码", code: "YF-WMS", category: "软件", unit: "套", price: 12_600_000, quantity: 1...1),
        .init(name: "能耗管理平台", code: "YF-EMS", category: "软件", unit: "套", price: 9_800_000, quantity: 1...1),
        .init(name: "设备联网许可", code: "YF-IOT-L", category: "软件", unit: "台", price: 180_000, quantity: 20...200),
        .init(name: "边缘采集网关", code: "YF-GW2", category: "硬件", unit: "台", price: 420_000, quantity: 5...60),
        .init(name: "车间看板一体机", code: "YF-KB55", category: "硬件", unit: "台", price: 680_000, quantity: 2...20),
        .init(name: "实施服务", code: "YF-SVC", category: "服务", unit: "人天", price: 260_000, quantity: 15...120),
        .init(name: "接口开发", code: "YF-API", category: "服务", unit: "个", price: 2_400_000, quantity: 1...5),
        .init(name: "年度运维服务", code: "YF-MA", category: "服务", unit: "年", price: 3_600_000, quantity: 1...3),
    ]
}

/// An opportunity of the demo, as far as activities need it.
struct DemoDeal: Sendable {
    let id: RecordID
    let customer: Int
    let start: Day
    let end: Day
}

extension DemoWorld {
    private static let steps: [(stage: String, probability: Int64, days: ClosedRange<Int>, lost: Int)] = [
        ("potential", 10, 4...60, 24), ("interested", 30, 8...75, 30), ("negotiating", 60, 6...70, 34),
    ]

    mutating func makeProducts() {
        let at = days.moment(days.first, &random)
        let admin = people.members[0].id
        func row(_ values: [String: SQLValue]) -> [String: SQLValue] {
            var row = values
            row["owner"] = .integer(admin.raw)
            row["created_at"] = SQLValue(at)
            row["updated_at"] = SQLValue(at)
            return row
        }
        for product in DemoProduct.all {
            let id = ids.next(at: at)
            products.append(id)
            productRows.append(
                row([
                    "id": .integer(id.raw), "name": .text(product.name), "code": .text(product.code),
                    "category": .text(product.category), "unit": .text(product.unit), "price": .integer(product.price),
                    "price_currency": .text("CNY"), "active": .integer(1),
                ])
            )
        }
        for (name, percent) in [("标准价格表", Int64(100)), ("渠道伙伴价格表", 82)] {
            let book = ids.next(at: at)
            bookRows.append(
                row(["id": .integer(book.raw), "name": .text(name), "currency": .text("CNY"), "active": .integer(1)])
            )
            for (id, product) in zip(products, DemoProduct.all) {
                entryRows.append(
                    row([
                        "id": .integer(ids.next(at: at).raw), "name": .text(product.name), "book": .integer(book.raw),
                        "product": .integer(id.raw), "price": .integer(product.price * percent / 100),
                        "price_currency": .text("CNY"),
                    ])
                )
            }
        }
    }

    mutating func makeOpportunities(_ count: Int) {
        for _ in 0..<count {
            let index = random.number(0...(customers.count - 1))
            let customer = customers[index]
            let room = days.today.daysSince1970 - customer.since.daysSince1970
            let start = customer.since.adding(days: random.number(0...max(0, room)))
            makeOpportunity(of: index, start)
        }
    }

    private mutating func makeOpportunity(of index: Int, _ start: Day) {
        let customer = customers[index]
        let at = days.moment(start, &random)
        let id = ids.next(at: at)
        var row: [String: SQLValue] = [
            "id": .integer(id.raw), "owner": .integer(customer.owner.raw), "customer": .integer(customer.id.raw),
            "pipeline": .text("standard"), "started_on": .text(start.description), "created_at": SQLValue(at),
        ]
        let (product, amount) = addLines(to: id, customer.owner, at)
        row["name"] = .text(
            customer.short + " " + DemoProduct.all[product].name
                + random.pick([("", 60), ("（一期）", 18), ("（二期）", 10), ("扩容", 12)])
        )
        row["product"] = .integer(products[product].raw)
        row["amount"] = .integer(amount)
        row["amount_currency"] = .text("CNY")
        row["contact"] = SQLValue(customer.contacts.first?.id)
        row["source"] = .text(
            random.pick([
                ("referral", 20), ("exhibition", 18), ("website", 18), ("existing", 24), ("tender", 8),
                ("cold_call", 12),
            ])
        )
        if random.chance(30) { row["competitor"] = .text(random.pick(DemoTexts.competitors)) }
        let end = walk(id, start, at, customer.owner, &row)
        switch row["outcome"] {
        case .text("won"): customers[index].hasWon = true
        case .text("lost"): customers[index].hasLost = true
        default: customers[index].hasOpen = true
        }
        opportunityRows.append(row)
        deals.append(DemoDeal(id: id, customer: index, start: start, end: end))
    }

    /// Goes from stage to stage until it is decided or today is reached.
    private mutating func walk(
        _ id: RecordID,
        _ start: Day,
        _ at: Instant,
        _ owner: RecordID,
        _ row: inout [String: SQLValue]
    ) -> Day {
        var (day, entered) = (start, at)
        var visits: [(String, Instant)] = []
        var ending: String?
        row["outcome"] = .text("open")
        for step in DemoWorld.steps {
            visits.append((step.stage, entered))
            row["probability"] = .integer(step.probability)
            let leaves = day.adding(days: random.number(step.days))
            if leaves > days.today { break }
            day = leaves
            entered = max(days.moment(leaves, &random), entered)
            if random.chance(step.lost) { ending = "lost" }
            if ending == nil, step.stage == "negotiating" { ending = "won" }
            if ending != nil { break }
        }
        if let ending {
            visits.append((ending, entered))
            row["outcome"] = .text(ending)
            row["probability"] = .integer(ending == "won" ? 100 : 0)
            row["closed_on"] = .text(days.day(of: entered).description)
            row["close_on"] = .text(day.adding(days: random.number(-10...25)).description)
            if ending == "lost" {
                row["loss_reason"] = .text(
                    random.pick([
                        ("price", 30), ("competitor", 24), ("no_budget", 18), ("no_response", 10), ("product", 8),
                        ("timing", 10),
                    ])
                )
                row["loss_note"] = .text(random.pick(DemoTexts.concerns) + "。")
            }
        } else {
            row["close_on"] = .text(days.today.adding(days: random.number(-20...90)).description)
            row["next_step"] = .text(random.pick(DemoTexts.results))
            day = days.today
        }
        row["stage"] = .text(visits.last?.0 ?? "potential")
        row["stage_changed_at"] = SQLValue(visits.last?.1)
        row["updated_at"] = SQLValue(visits.last?.1)
        for (number, visit) in visits.enumerated() {
            let left = number + 1 < visits.count ? visits[number + 1].1 : nil
            visitRows.append([
                .integer(id.raw), .integer(Int64(number + 1)), .text("opportunity"), .text("standard"), .text(visit.0),
                SQLValue(visit.1), .integer(owner.raw), SQLValue(left), left == nil ? .null : .integer(owner.raw),
            ])
        }
        return day
    }

    /// One to three products; the answer is the main one and the sum in fen.
    private mutating func addLines(to deal: RecordID, _ owner: RecordID, _ at: Instant) -> (product: Int, sum: Int64) {
        var chosen = [random.number(0...7)]
        for more in [9, 7, 10] where random.chance(38) && !chosen.contains(more) { chosen.append(more) }
        var sum: Int64 = 0
        for index in chosen {
            let product = DemoProduct.all[index]
            let quantity = Int64(random.number(product.quantity))
            let discount = Int64(random.pick([(0, 50), (5, 25), (10, 18), (15, 7)]))
            let amount = product.price * quantity * (100 - discount) / 100
            sum += amount
            lineRows.append([
                "id": .integer(ids.next(at: at).raw), "owner": .integer(owner.raw), "opportunity": .integer(deal.raw),
                "product": .integer(products[index].raw), "name": .text(product.name),
                "quantity": .integer(quantity * 1000), "price": .integer(product.price), "price_currency": .text("CNY"),
                "discount": .integer(discount * 100), "amount": .integer(amount), "amount_currency": .text("CNY"),
                "created_at": SQLValue(at), "updated_at": SQLValue(at),
            ])
        }
        return (chosen[0], sum)
    }

    mutating func makeLeads(_ count: Int) {
        for _ in 0..<count {
            let city = random.pick(DemoNames.cities)
            let person = DemoNames.person(&random)
            let at = days.moment(days.today.adding(days: -random.number(0...240)), &random)
            let id = ids.next(at: at)
            let (first, second) = (random.pick(DemoNames.brand), random.pick(DemoNames.brand))
            let trade = random.pick(DemoNames.trades)
            var row: [String: SQLValue] = [
                "id": .integer(id.raw), "owner": .integer(random.pick(people.sellers[city.region]).raw),
                "name": .text(person.name), "title": .text(random.pick(DemoTexts.titles).0),
                "company": .text(city.name + first.0 + second.0 + random.pick(trade.words) + "有限公司"),
                "mobile": .text(DemoNames.mobile(&random)), "need": .text(random.pick(DemoTexts.needs) + "。"),
                "source": .text(random.pick([("website", 40), ("exhibition", 25), ("search", 20), ("wechat", 15)])),
                "created_at": SQLValue(at), "updated_at": SQLValue(at),
            ]
            row["status"] = .text(random.pick([("new", 35), ("contacted", 35), ("qualified", 15), ("invalid", 15)]))
            if row["status"] == .text("invalid") {
                row["invalid_reason"] = .text(random.pick(["wrong_data", "no_need", "no_response", "no_budget"]))
            }
            if random.chance(40) {
                row["budget"] = .integer(Int64(random.number(5...80)) * 1_000_000)
                row["budget_currency"] = .text("CNY")
            }
            leadRows.append(row)
        }
    }
}
