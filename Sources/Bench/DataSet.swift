public import Values

/// The rows of a measurement workspace. Customer `i` depends only on `i`, so every size begins with the same rows.
///
/// Each customer has one contact and three opportunities unless something else was asked for; twenty people own all.
public struct DataSet: Sendable {
    /// How many customers.
    public let customers: Int
    /// What hangs on each of them.
    public let each: Companions
    /// The ids of the owners `rep00` to `rep19`.
    public let owners: [RecordID]

    /// How many people own the records.
    public static let ownerCount = 20

    /// A set of so many customers. `owners` are twenty users of the workspace.
    public init(customers: Int, each: Companions = Companions(), owners: [RecordID]) {
        self.customers = customers
        self.each = each
        self.owners = owners
    }

    /// The id of customer `index`.
    public static func customerID(_ index: Int) -> RecordID { id(index, kind: 0) }
    /// The id of the contact of customer `index`.
    public static func contactID(_ index: Int) -> RecordID { id(index, kind: 1) }
    /// The id of opportunity `number` (0 to 2) of customer `index`.
    public static func opportunityID(_ index: Int, _ number: Int) -> RecordID { id(index, kind: 2 + number) }

    /// The telephone number of customer `index`, in E.164.
    public static func phone(_ index: Int) -> String {
        var random = Random(seed: index, stream: .phone)
        return phone(&random)
    }

    /// When customer `index` was made: one every five seconds of 2026.
    static func created(_ index: Int) -> Instant { Instant(milliseconds: 1_767_225_600_000 + Int64(index) * 5000) }

    /// When activity `number` of customer `index` took place: the first when the customer was made, then one a week.
    static func happened(_ index: Int, _ number: Int) -> Instant { created(index + number * week) }
    /// How many customers are made in a week.
    static let week = 7 * 86_400 / 5

    /// The id of activity `number` (0 to 19) of customer `index`.
    public static func activityID(_ index: Int, _ number: Int) -> RecordID {
        id(index + number * week, kind: 8 + number)
    }

    // Ids are those that the program would have given at that time; the lowest bits keep objects apart.
    private static func id(_ index: Int, kind: Int) -> RecordID {
        RecordID(IDSource.floor(at: created(index)).raw | Int64(kind))
    }

    private static func phone(_ random: inout Random) -> String {
        var digits = String(random.below(100_000_000))
        digits = String(repeating: "0", count: 8 - digits.utf8.count) + digits
        return "+86" + random.pick(Vocabulary.mobilePrefixes) + digits
    }
}

extension DataSet {
    /// The columns of customer `index`.
    func customer(_ index: Int) -> [String: SQLValue] {
        var random = Random(seed: index, stream: .customer)
        let city = random.weighted(Vocabulary.cities)
        let middle = random.pick(Vocabulary.first) + random.pick(Vocabulary.second) + random.pick(Vocabulary.third)
        let number = padded(index, 6)
        let industry = random.pick(Vocabulary.industries)
        return [
            "id": .integer(DataSet.customerID(index).raw),
            "owner": .integer(random.pick(owners).raw),
            "name": .text(city.name + middle + random.pick(Vocabulary.companies) + number),
            "type": .text("company"),
            "status": .text("customer"),
            "source": .text(random.pick(Vocabulary.sources)),
            "phone": .text(DataSet.phone(index)),
            "email": .text("info\(index)@cust\(index).example.com"),
            "website": .text("https://www.cust\(index).example.com"),
            "address": .text(random.pick(Vocabulary.streets) + "\(1 + random.below(999))号"),
            "address_city": .text(city.name),
            "address_postal_code": .text(padded(100_000 + random.below(600_000), 6)),
            "industry": .text(industry.key),
            "code": .text("C" + padded(index, 7)),
            "description": .text(
                "主营\(industry.name)相关产品，年采购约\(1 + random.below(900))万元，\(random.pick(Vocabulary.remarks))。"
            ),
            "last_activity_at": each.activities == 0 ? .null : SQLValue(DataSet.happened(index, each.activities - 1)),
        ]
    }

    /// The owner of customer `index` and of all that hangs on it.
    func owner(_ index: Int) -> RecordID {
        var random = Random(seed: index, stream: .customer)
        // City, three characters and industry are drawn before.
        for _ in 0..<5 { _ = random.next() }
        return random.pick(owners)
    }

    /// The columns of the contact of customer `index`.
    func contact(_ index: Int) -> [String: SQLValue] {
        var random = Random(seed: index, stream: .contact)
        let given = (0...random.below(2)).map { _ in random.pick(Vocabulary.givenNames) }.joined()
        return [
            "id": .integer(DataSet.contactID(index).raw),
            "owner": .integer(owner(index).raw),
            "name": .text(random.pick(Vocabulary.familyNames) + given),
            "customer": .integer(DataSet.customerID(index).raw),
            "mobile": .text(DataSet.phone(&random)),
            "email": .text("contact\(index)@cust\(index).example.com"),
            "address_city": .text(random.weighted(Vocabulary.cities).name),
            "role": .text("purchasing"),
        ]
    }

    /// The columns of opportunity `number` (0 to 2) of customer `index`.
    func opportunity(_ index: Int, _ number: Int) -> [String: SQLValue] {
        var random = Random(seed: index * Companions.mostOpportunities + number, stream: .opportunity)
        let stage = random.weighted(Vocabulary.stages)
        let amount = Int64(10 + random.below(4990)) * 10_000
        let close = Day(daysSince1970: 20_454 + random.below(365))
        return [
            "id": .integer(DataSet.opportunityID(index, number).raw),
            "owner": .integer(owner(index).raw),
            "name": .text(random.pick(Vocabulary.deals) + padded(index, 6) + "-\(number + 1)"),
            "customer": .integer(DataSet.customerID(index).raw),
            "pipeline": .text("standard"),
            "stage": .text(stage.key),
            "outcome": .text(stage.outcome),
            "probability": .integer(stage.probability),
            "amount": .integer(amount),
            "amount_currency": .text("CNY"),
            "amount_base": .integer(amount),
            "close_on": .text(close.description),
            "stage_changed_at": SQLValue(DataSet.created(index)),
        ]
    }

    /// The columns of activity `number` of customer `index`.
    func activity(_ index: Int, _ number: Int) -> [String: SQLValue] {
        var random = Random(seed: index * Companions.mostActivities + number, stream: .activity)
        let kind = random.weighted(Vocabulary.activityKinds)
        let subject = kind.name + random.pick(Vocabulary.deals)
        let happened = DataSet.happened(index, number)
        let owner = SQLValue.integer(owner(index).raw)
        var row: [String: SQLValue] = [
            "id": .integer(DataSet.activityID(index, number).raw),
            "owner": owner,
            "subject": .text(subject),
            "kind": .text(kind.key),
            "customer": .integer(DataSet.customerID(index).raw),
        ]
        // Most say no more than their subject.
        if random.below(4) == 0 {
            row["body"] = .text("客户\(random.pick(Vocabulary.remarks))，报价约\(1 + random.below(900))万元。")
        }
        if each.contacts > 0, random.below(2) == 0 { row["contact"] = .integer(DataSet.contactID(index).raw) }
        guard kind.key == "task" else {
            row["happened_at"] = SQLValue(happened)
            row["outcome"] = .text(random.pick(Vocabulary.outcomes))
            row["duration_minutes"] = .integer(Int64(5 + random.below(55)))
            return row
        }
        let isDone = random.below(10) < 9
        row["assignee"] = owner
        row["due_on"] = .text(
            Day(daysSince1970: Int(happened.milliseconds / 86_400_000) + 1 + random.below(14)).description
        )
        row["done"] = .integer(isDone ? 1 : 0)
        if isDone { row["done_at"] = SQLValue(happened) }
        return row
    }

    /// What the opportunities of customer `index` add to the sums per stage, in minor units.
    func stageAmounts(_ index: Int) -> [(stage: String, amount: Int64)] {
        (0..<each.opportunities).map { number in
            let row = opportunity(index, number)
            return (row["stage"]?.text ?? "", row["amount_base"]?.integer ?? 0)
        }
    }
}

/// How many other records a customer of a measurement workspace has.
public struct Companions: Sendable, Equatable {
    /// 0 or 1.
    public var contacts = 1
    /// 0 to 3.
    public var opportunities = 3
    /// 0 to 20.
    public var activities = 0

    /// The most that a customer can have; they number the rows of the generator.
    public static let mostOpportunities = 3, mostActivities = 20

    /// One contact, three opportunities, no activity.
    public init() {}

    /// What tells data sets of one size apart; empty for the usual one.
    var suffix: String { self == Companions() ? "" : ":\(contacts):\(opportunities):\(activities)" }
}

func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

/// Random numbers that depend on a row's index only (SplitMix64).
struct Random {
    enum Stream: UInt64 { case customer = 1, contact, opportunity, phone, activity }

    private var state: UInt64

    init(seed: Int, stream: Stream) {
        state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 ^ stream.rawValue &* 0xD1B5_4A32_D192_ED03
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    mutating func weighted<Element: Weighted>(_ elements: [Element]) -> Element {
        var rest = below(elements.reduce(0) { $0 + $1.weight })
        for element in elements {
            rest -= element.weight
            if rest < 0 { return element }
        }
        return elements[elements.count - 1]
    }
}

/// Something that is drawn as often as its weight says.
protocol Weighted { var weight: Int { get } }
