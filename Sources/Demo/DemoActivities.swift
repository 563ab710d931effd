import SQLText
import Values

extension DemoWorld {
    private static let kinds: [(String, Int)] = [
        ("call", 42), ("visit", 14), ("meeting", 10), ("email", 12), ("message", 13), ("note", 6), ("task", 3),
    ]
    private static let labels = [
        "call": "电话", "visit": "拜访", "meeting": "会议", "email": "邮件", "message": "消息", "note": "记录", "task": "任务",
    ]

    /// Most of what happens belongs to deals while they are open; the rest keeps in touch with customers.
    mutating func makeActivities(_ count: Int) {
        var made = 0
        while made < count * 2 / 5, !deals.isEmpty {
            let deal = random.pick(deals)
            let room = max(0, deal.end.daysSince1970 - deal.start.daysSince1970)
            addActivity(customers[deal.customer], deal.customer, deal, deal.start.adding(days: random.number(0...room)))
            made += 1
        }
        while made < count {
            let index = random.number(0...(customers.count - 1))
            let customer = customers[index]
            let room = max(0, days.today.daysSince1970 - customer.since.daysSince1970)
            addActivity(customer, index, nil, customer.since.adding(days: random.number(0...room)))
            made += 1
        }
    }

    private mutating func addActivity(_ customer: DemoCustomer, _ index: Int, _ deal: DemoDeal?, _ day: Day) {
        let kind = random.pick(DemoWorld.kinds)
        let at = days.moment(day, &random)
        let contact = customer.contacts.isEmpty ? nil : random.pick(customer.contacts)
        let body = DemoTexts.body(kind, who: contact?.call ?? customer.name, &random)
        var row: [String: SQLValue] = [
            "id": .integer(ids.next(at: at).raw), "owner": .integer(customer.owner.raw), "kind": .text(kind),
            "body": .text(body), "subject": .text(subject(kind, body)), "customer": .integer(customer.id.raw),
            "contact": SQLValue(contact?.id), "opportunity": SQLValue(deal?.id), "created_at": SQLValue(at),
            "updated_at": SQLValue(at),
        ]
        if kind == "task" {
            finishTask(&row, at, customer.owner)
        } else {
            row["happened_at"] = SQLValue(at)
            if customer.last.map({ $0 < at }) ?? true { customers[index].last = at }
        }
        switch kind {
        case "call": row["duration_minutes"] = .integer(Int64(random.number(2...35)))
        case "visit": row["duration_minutes"] = .integer(Int64(random.number(4...24) * 15))
        case "meeting": row["duration_minutes"] = .integer(Int64(random.number(2...8) * 15))
        default: break
        }
        if let minutes = row["duration_minutes"]?.integer {
            // Not everybody uses the timer.
            let measured = kind == "visit" ? "check_in" : "timer"
            row["duration_from"] = .text(minutes % 3 == 0 ? "typed" : measured)
        }
        if ["call", "email", "message"].contains(kind) {
            row["direction"] = .text(random.chance(74) ? "outgoing" : "incoming")
        }
        if kind == "call" || kind == "visit" {
            row["outcome"] = .text(
                random.pick([
                    ("follow_up", 46), ("interested", 22), ("agreed", 12), ("no_answer", 12), ("not_interested", 8),
                ])
            )
        }
        activityRows.append(row)
    }

    private mutating func finishTask(_ row: inout [String: SQLValue], _ at: Instant, _ owner: RecordID) {
        let due = days.day(of: at).adding(days: random.number(1...14))
        row["assignee"] = .integer(owner.raw)
        row["due_on"] = .text(due.description)
        // What fell due long ago has been done; of the latest tasks some wait.
        let isDone = due < days.today.adding(days: -10) || random.chance(40)
        row["done"] = .integer(isDone ? 1 : 0)
        guard isDone else { return }
        let done = max(at, days.moment(min(due, days.today), &random))
        row["done_at"] = SQLValue(done)
        row["happened_at"] = SQLValue(done)
    }

    private func subject(_ kind: String, _ body: String) -> String {
        let words = body.prefix { !"，。：；\n".contains($0) }
        return (DemoWorld.labels[kind] ?? "") + "：" + words.prefix(40)
    }

    /// Status and dates of the customers, as what happened makes them.
    mutating func settleCustomers() {
        let quiet = now.adding(milliseconds: -150 * 86_400_000)
        for index in customers.indices {
            let customer = customers[index]
            let isQuiet = customer.last.map { $0 < quiet } ?? true
            let status =
                if customer.hasWon { isQuiet ? "dormant" : "customer" } else if customer.hasOpen {
                    "following"
                } else if customer
                    .hasLost
                { isQuiet ? "lost" : "following" } else { isQuiet ? "dormant" : "potential" }
            customers[index].row["status"] = .text(status)
            customers[index].row["last_activity_at"] = SQLValue(customer.last)
            if let last = customer.last { customers[index].row["updated_at"] = SQLValue(last) }
            if customer.hasOpen || random.chance(25) {
                customers[index].row["next_contact_on"] = .text(
                    days.today.adding(days: random.number(-5...30)).description
                )
            }
        }
    }
}
