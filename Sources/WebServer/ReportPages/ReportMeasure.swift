import Pages
import Records
import Schema
import Values

/// What a report computes, and how it is written.
enum ReportMeasure {
    case count
    case share(String)
    case sum(FieldDefinition)
    case average(FieldDefinition)
    case ratio(FieldDefinition, FieldDefinition)

    /// Throws where a field cannot be read or summed.
    init(_ request: ReportRequest, _ object: ObjectDefinition, _ readable: [FieldDefinition]) throws {
        let parts = request.measure.split(separator: ".", maxSplits: 1).map(String.init)
        func field(_ key: String?) throws -> FieldDefinition {
            guard let field = readable.first(where: { $0.key == key && ReportMeasure.isSummed($0) }) else {
                throw ReportMaker.unknown(key ?? "")
            }
            return field
        }
        switch parts.first {
        case "share": self = .share(request.part)
        case "sum": self = .sum(try field(parts.last))
        case "avg": self = .average(try field(parts.last))
        case "ratio": self = .ratio(try field(parts.last), try field(request.over))
        default: self = .count
        }
    }

    /// True for fields that sums can be made of.
    static func isSummed(_ field: FieldDefinition) -> Bool {
        switch field.kind {
        case .money, .integer, .decimal: field.key != "version" && !field.hidden
        default: false
        }
    }

    /// What the engine is asked for.
    var measures: ReportMeasures {
        switch self {
        case .count: ReportMeasures()
        case .share(let part): ReportMeasures(part: part)
        case .sum(let field): ReportMeasures(sums: [field.key], counted: false)
        case .average(let field): ReportMeasures(sums: [field.key])
        case .ratio(let first, let second): ReportMeasures(sums: [first.key, second.key])
        }
    }

    func name(_ context: PageContext) -> String {
        switch self {
        case .count: context(ReportTexts.count)
        case .share: context(ReportTexts.share)
        case .sum(let field): context(ReportTexts.sum(context(field.label)))
        case .average(let field): context(ReportTexts.average(context(field.label)))
        case .ratio(let first, let second): context(ReportTexts.ratio(context(first.label), context(second.label)))
        }
    }

    /// The figure of a group; not a number where there is nothing to divide by.
    func value(_ cell: ReportCell, _ currency: String) -> Double {
        func amount(_ place: Int, _ field: FieldDefinition) -> Double {
            Double(cell.sums[place]) / ReportMeasure.scale(field, currency)
        }
        switch self {
        case .count: return Double(cell.count)
        case .share: return cell.count == 0 ? .nan : Double(cell.part) / Double(cell.count) * 100
        case .sum(let field): return amount(0, field)
        case .average(let field): return cell.valued[0] == 0 ? .nan : amount(0, field) / Double(cell.valued[0])
        case .ratio(let first, let second):
            let divisor = amount(1, second)
            return divisor == 0 ? .nan : amount(0, first) / divisor
        }
    }

    /// True where the figures of groups add up to that of all.
    var addsUp: Bool {
        switch self {
        case .count, .sum: true
        case .share, .average, .ratio: false
        }
    }

    /// How figures are written.
    func format(_ currency: String, _ language: Language) -> @Sendable (Double) -> String {
        let isMoney: Bool =
            switch self {
            case .sum(let field), .average(let field): if case .money = field.kind { true } else { false }
            case .count, .share, .ratio: false
            }
        let isShare = if case .share = self { true } else { false }
        let scale = Double(FixedPoint.power(Currency.digits(currency) ?? 2))
        return { value in
            guard value.isFinite else { return "–" }
            if isMoney {
                let minor = Int64(exactly: (value * scale).rounded()) ?? 0
                return Format.shortMoney(Money(minor: minor, currency: currency), language)
            }
            let short = Format.real((value * 100).rounded() / 100)
            return isShare ? Format.real((value * 10).rounded() / 10) + "%" : short
        }
    }

    private static func scale(_ field: FieldDefinition, _ currency: String) -> Double {
        switch field.kind {
        case .money: Double(FixedPoint.power(Currency.digits(currency) ?? 2))
        case .decimal(let scale): Double(FixedPoint.power(scale))
        default: 1
        }
    }
}
