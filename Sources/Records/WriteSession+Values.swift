public import Database
import Expressions
import SQLText
public import Schema
public import Values

extension WriteSession {
    /// Whether a field belongs to a record of this kind: what is not shown need not be filled.
    func isShown(_ field: FieldDefinition, _ draft: AnyDraft) -> Bool {
        guard let condition = field.shownWhen else { return true }
        return condition.keys.contains(draft[condition.field].text ?? "")
    }

    /// Keeps the amount's value in the base currency, at the rate of the record's day, or of today where it has none.
    func setBase(_ field: FieldDefinition, _ draft: inout AnyDraft) throws {
        guard let minor = draft[field.key].integer else {
            draft[field.key + "_currency"] = .null
            draft[field.key + "_base"] = .null
            return
        }
        let currency = draft[field.key + "_currency"].text ?? schema.baseCurrency
        draft[field.key + "_currency"] = .text(currency)
        let amount = Money(minor: minor, currency: currency)
        let day = draft["day"].text.flatMap { Day($0) } ?? expressionContext.today
        guard let base = try Rates.base(amount, in: schema.baseCurrency, on: day, connection) else {
            throw FieldProblem(
                field.key,
                "no_rate",
                Label(
                    "There is no exchange rate for \(currency) on \(day). An administrator can enter one.",
                    zh: "没有 \(day) 适用的 \(currency) 汇率，请联系管理员录入。"
                )
            )
        }
        draft[field.key + "_base"] = .integer(base)
    }

    /// Asks the object's rules about the row as written.
    func checkRules(_ object: ObjectDefinition, _ record: AnyRecord) throws {
        guard record.shape.hasRules else { return }
        var problems: [FieldProblem] = []
        let reader = expressions(asActor: false)
        for rule in object.rules where rule.active {
            let checker = ExpressionChecker(schema: schema, object: object.key) { _, _ in true }
            guard let checked = try? checker.check(rule.expression, expecting: .boolean) else { continue }
            let condition = try reader.condition(checked, alias: "t")
            let met = try connection.row(
                "SELECT 1 FROM \(name: object.key) t WHERE t.\"id\" = \(record.id) AND (\(condition))"
            )
            if met == nil { problems.append(FieldProblem(rule.field ?? "", "rule", rule.message)) }
        }
        if !problems.isEmpty { throw Problem.invalid(problems) }
    }

    /// Runs a statement that a unique index may refuse, and says which field it is about.
    func storing(_ object: ObjectDefinition, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let failure as StorageFailure where failure.isUnique {
            let field = object.fields.first { field in
                field.unique
                    && (failure.message.contains("uq_\(object.key)_\(field.key)'")
                        || failure.constraint == "uq_\(object.key)_\(field.key)"
                        || failure.message.hasSuffix("\(object.key).\(field.key)"))
            }
            let label = field?.label ?? Label("value", zh: "内容")
            throw Problem(
                .conflict,
                "not_unique",
                Label("Another record has the same «\(label.en)».", zh: "已有其他记录使用相同的“\(label.zh)”。"),
                fields: [
                    FieldProblem(
                        field?.key ?? "",
                        "not_unique",
                        Label("Another record has this value.", zh: "该值已被其他记录使用。")
                    )
                ]
            )
        }
    }
}

/// Dated exchange rates: how many units of the base currency one unit of a currency is worth.
public enum Rates {
    /// Sets the rate of a currency from a day on; `rate` is scaled by 10⁹.
    public static func set(_ currency: String, from day: Day, rate: Int64, on connection: Connection) throws {
        try connection.run(
            """
            INSERT INTO sys_rate (currency, day, rate) VALUES (\(currency), \(day.description), \(rate))
            ON CONFLICT (currency, day) DO UPDATE SET rate = excluded.rate
            """
        )
    }

    /// An amount in minor units of the base currency, rounded half away from zero; nil without a rate.
    static func base(
        _ amount: Money,
        in base: String,
        on day: Day,
        _ connection: Connection
    ) throws -> Int64? {
        if amount.currency == base { return amount.minor }
        let rate = try connection.value(
            """
            SELECT rate FROM sys_rate WHERE currency = \(amount.currency) AND day <= \(day.description)
            ORDER BY day DESC LIMIT 1
            """
        )
        guard let rate = rate.integer, let from = Currency.digits(amount.currency), let to = Currency.digits(base)
        else { return nil }
        var product = Int128(amount.minor) * Int128(rate)
        if to > from { product *= Int128(FixedPoint.power(to - from)) }
        let divisor = Int128(1_000_000_000) * (from > to ? Int128(FixedPoint.power(from - to)) : 1)
        let half = product < 0 ? -divisor / 2 : divisor / 2
        return Int64(exactly: (product + half) / divisor)
    }
}

extension WriteSession {
    /// Raises a read-only instant of a record to `moment` where it is earlier or empty, as for «last activity».
    ///
    /// Derived from other records, it is no change that somebody made: the version stays, so that a form that is open
    /// elsewhere can still be saved, and neither audit nor event tells of it.
    public func raise(_ field: FieldDefinition, of object: String, _ id: RecordID, to moment: Instant) throws {
        guard case .instant = field.kind, field.readOnly else { return }
        try connection.run(
            """
            UPDATE \(name: object) SET \(name: field.key) = \(moment) WHERE "id" = \(id) AND "deleted_at" IS NULL
            AND (\(name: field.key) IS NULL OR \(name: field.key) < \(moment))
            """
        )
    }

    /// Sets a read-only instant of a record to what it was found to be, or to nothing; like `raise` no change that
    /// somebody made.
    public func settle(_ field: FieldDefinition, of object: String, _ id: RecordID, at moment: Instant?) throws {
        guard case .instant = field.kind, field.readOnly else { return }
        try connection.run("UPDATE \(name: object) SET \(name: field.key) = \(moment) WHERE \"id\" = \(id)")
    }
}
