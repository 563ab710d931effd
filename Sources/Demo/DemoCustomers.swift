import SQLText
import Values

/// Customers and contacts of the demo.
struct DemoCustomer: Sendable {
    let id: RecordID
    let name: String
    let short: String
    let isCompany: Bool
    let owner: RecordID
    let since: Day
    let region: Int
    var contacts: [(id: RecordID, call: String)] = []
    var hasOpen = false
    var hasWon = false
    var hasLost = false
    var last: Instant?
    var row: [String: SQLValue]
}

extension DemoWorld {
    mutating func makeCustomers(_ count: Int) {
        var names: Set<String> = []
        for _ in 0..<count {
            let city = random.pick(DemoNames.cities)
            // More customers come every month: the company grows.
            let age = max(random.number(0...729), random.chance(50) ? 0 : random.number(0...729))
            let since = days.first.adding(days: DemoDays.length - 1 - age)
            let at = days.moment(since, &random)
            let id = ids.next(at: at)
            let owner = random.pick(people.sellers[city.region])
            var customer =
                random.chance(90)
                ? company(id, city, since, owner, &names) : person(id, city, since, owner)
            customer.row["created_at"] = SQLValue(at)
            customer.row["updated_at"] = SQLValue(at)
            addContacts(to: &customer)
            customers.append(customer)
        }
    }

    private mutating func company(
        _ id: RecordID,
        _ city: DemoNames.City,
        _ since: Day,
        _ owner: RecordID,
        _ names: inout Set<String>
    ) -> DemoCustomer {
        let trade = random.pick(DemoNames.trades)
        let word = random.pick(trade.words)
        var (brand, latin) = ("", "")
        repeat {
            let (first, second) = (random.pick(DemoNames.brand), random.pick(DemoNames.brand))
            (brand, latin) = (first.0 + second.0, first.1 + second.1)
        } while !names.insert(city.name + brand + word).inserted
        let name = city.name + brand + word + random.pick(DemoNames.forms)
        let site = latin + String(names.count) + ".example.com"
        var row = common(id, city, owner)
        row["name"] = .text(name)
        row["type"] = .text("company")
        row["industry"] = .text(trade.industry)
        row["phone"] = .text(DemoNames.landline(city, &random))
        row["email"] = .text("info@" + site)
        row["website"] = .text("https://www." + site)
        if random.chance(70) { row["credit_code"] = .text(creditCode(city)) }
        if random.chance(60) {
            let staff = random.pick([
                (random.number(20...99), 40), (random.number(100...499), 40), (random.number(500...6000), 20),
            ])
            row["employees"] = .integer(Int64(staff))
            row["registered_capital"] = .integer(
                Int64(random.pick([(500, 20), (1000, 30), (2000, 20), (5000, 20), (20_000, 10)])) * 1_000_000
            )
            row["registered_capital_currency"] = .text("CNY")
            row["legal_representative"] = .text(DemoNames.person(&random).name)
            row["founded_on"] = .text(days.today.adding(days: -random.number(700...9000)).description)
        }
        return DemoCustomer(
            id: id,
            name: name,
            short: brand + word,
            isCompany: true,
            owner: owner,
            since: since,
            region: city.region,
            row: row
        )
    }

    private mutating func person(
        _ id: RecordID,
        _ city: DemoNames.City,
        _ since: Day,
        _ owner: RecordID
    ) -> DemoCustomer {
        let person = DemoNames.person(&random)
        var row = common(id, city, owner)
        row["name"] = .text(person.name)
        row["type"] = .text("person")
        row["gender"] = .text(person.isFemale ? "female" : "male")
        row["birthday"] = .text(days.today.adding(days: -random.number(9000...21_000)).description)
        row["phone"] = .text(DemoNames.mobile(&random))
        row["occupation"] = .text(random.pick(["工程师", "企业主", "顾问", "高校教师", "自由职业"]))
        row["wechat"] = .text(person.latin.replacing(".", with: "_") + random.digits(3))
        return DemoCustomer(
            id: id,
            name: person.name,
            short: person.name,
            isCompany: false,
            owner: owner,
            since: since,
            region: city.region,
            row: row
        )
    }

    private mutating func common(_ id: RecordID, _ city: DemoNames.City, _ owner: RecordID) -> [String: SQLValue] {
        var row: [String: SQLValue] = ["id": .integer(id.raw), "owner": .integer(owner.raw)]
        row["level"] = .text(random.pick([("a", 15), ("b", 45), ("c", 40)]))
        row["source"] = .text(
            random.pick([
                ("website", 18), ("exhibition", 20), ("referral", 18), ("cold_call", 14), ("search", 10),
                ("partner", 8),
                ("wechat", 7), ("tender", 5),
            ])
        )
        row["address"] = .text(random.pick(DemoNames.streets) + "\(random.number(1...999)) 号")
        row["address_country"] = .text("中国")
        row["address_province"] = .text(city.province)
        if city.province != city.name + "市" { row["address_city"] = .text(city.name + "市") }
        row["address_district"] = .text(random.pick(city.districts))
        if random.chance(35) {
            let tags = Set((0..<random.number(1...3)).map { _ in random.pick(DemoTexts.tags) })
            row["tags"] = .text("|" + tags.sorted().joined(separator: "|") + "|")
        }
        if random.chance(30) { row["description"] = .text(random.pick(DemoTexts.notes) + random.pick(DemoTexts.notes)) }
        return row
    }

    /// A code of the right form; 93 would be a cooperative, so it belongs to no company.
    private mutating func creditCode(_ city: DemoNames.City) -> String {
        let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
        while true {
            let body = "93" + city.division + random.digits(8) + String(alphabet[random.number(0...30)])
            var (sum, weight) = (0, 1)
            for character in body {
                sum += (alphabet.firstIndex(of: character) ?? 0) * weight
                weight = weight * 3 % 31
            }
            let code = body + String(alphabet[(31 - sum % 31) % 31])
            if codes.insert(code).inserted { return code }
        }
    }

    private mutating func addContacts(to customer: inout DemoCustomer) {
        guard customer.isCompany else { return }
        for _ in 0..<random.pick([(1, 22), (2, 27), (3, 26), (4, 15), (5, 10)]) {
            let person = DemoNames.person(&random)
            let post = random.pick(DemoTexts.titles)
            let day = min(customer.since.adding(days: random.number(0...200)), days.today)
            let at = days.moment(day, &random)
            let id = ids.next(at: at)
            let manager = post.0.hasSuffix("经理") || post.0.hasSuffix("总监") || post.0.hasPrefix("总")
            customer.contacts.append((id, person.surname + (post.0.hasSuffix("总经理") ? "总" : manager ? "经理" : "工")))
            var row: [String: SQLValue] = [
                "id": .integer(id.raw), "owner": .integer(customer.owner.raw), "name": .text(person.name),
                "customer": .integer(customer.id.raw), "title": .text(post.0), "department": .text(post.1),
                "role": .text(post.2), "mobile": .text(DemoNames.mobile(&random)), "created_at": SQLValue(at),
                "updated_at": SQLValue(at), "gender": .text(person.isFemale ? "female" : "male"),
            ]
            if random.chance(65), let mail = customer.row["email"]?.text {
                row["email"] = .text(person.latin.replacing(".", with: "") + mail.dropFirst(4))
            }
            if random.chance(50) { row["wechat"] = .text(person.latin.replacing(".", with: "") + random.digits(4)) }
            contactRows.append(row)
            roleRows.append([
                "id": .integer(ids.next(at: at).raw), "owner": .integer(customer.owner.raw), "name": .text(person.name),
                "contact": .integer(id.raw), "customer": .integer(customer.id.raw), "role": .text(post.2),
                "title": .text(post.0), "started_on": .text(day.description), "created_at": SQLValue(at),
                "updated_at": SQLValue(at),
            ])
        }
    }
}
