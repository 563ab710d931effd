import Schema
public import Values

/// Rules with the fields that they mean, ready to compare.
struct CompiledRules: Sendable {
    struct Part: Sendable {
        let fields: [FieldDefinition]
        let method: Comparison.Method
        let agree: Double
        let disagree: Double
        let finds: Bool
        let condition: (field: FieldDefinition, key: String)?
        /// Begins the hash of its keys.
        let seed: UInt64
    }

    let object: ObjectDefinition
    let rules: DuplicateRules
    let comparisons: [Part]
    /// Names what the keys are made of: other comparisons, other keys.
    let generation: Int64

    /// Comparisons of fields that are no longer there are left out.
    init(_ rules: DuplicateRules, of object: ObjectDefinition) {
        self.object = object
        self.rules = rules
        comparisons = rules.comparisons.compactMap { comparison in
            let fields = comparison.fields.compactMap(object.field).filter { !$0.kind.isComputed }
            var condition: (FieldDefinition, String)?
            if let wanted = comparison.condition {
                guard let field = object.field(wanted.field) else { return nil }
                condition = (field, wanted.key)
            }
            guard !fields.isEmpty else { return nil }
            let names = fields.map(\.id).sorted().joined(separator: ",")
            return Part(
                fields: fields,
                method: comparison.method,
                agree: Double(comparison.agree),
                disagree: Double(comparison.disagree),
                finds: comparison.finds,
                condition: condition,
                seed: Self.mix(Self.fnv(comparison.method.rawValue + ":" + names, 0xCBF2_9CE4_8422_2325))
            )
        }
        let text = comparisons.filter(\.finds)
            .map { "\($0.seed)" + ($0.condition.map { $0.field.id + $0.key } ?? "") }.sorted().joined(separator: "|")
        generation = Int64(Self.mix(Self.fnv(object.key + "/2/" + text, 0xCBF2_9CE4_8422_2325)) & 0x7FFF_FFFF)
    }

    /// The keys of everything that is compared: a change of others leaves keys as they are.
    var fieldKeys: Set<String> {
        Set(comparisons.flatMap { $0.fields.map(\.key) + ($0.condition.map { [$0.field.key] } ?? []) })
    }

    func hash(_ key: String, _ part: Part) -> Int64 { Int64(bitPattern: Self.mix(Self.fnv(key, part.seed))) }

    /// FNV-1a, then the finaliser of MurmurHash 3: stable over processes and releases, since the keys are stored.
    private static func fnv(_ text: String, _ seed: UInt64) -> UInt64 {
        text.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value ^ value >> 33) &* 0xFF51_AFD7_ED55_8CCD
        value = (value ^ value >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return value ^ value >> 33
    }
}

/// How likely two records are the same, and why.
public struct DuplicateScore: Sendable, Equatable {
    /// 0 to 100.
    public let points: Int
    /// What was compared, as far as it counted; what speaks for it first.
    public let reasons: [Reason]

    /// One comparison that counted.
    public struct Reason: Sendable, Equatable {
        /// How the values stand to each other.
        public enum Outcome: String, Sendable { case same, similar, different }

        /// The keys of the fields.
        public let fields: [String]
        /// How the values stand to each other.
        public let outcome: Outcome
        /// Points, below 0 where it speaks against.
        public let points: Int
        /// In words: `Phone: the same`.
        public let text: Label
    }
}

extension CompiledRules {
    /// Adds up the points of two records.
    func score(_ first: Subject, _ second: Subject) -> DuplicateScore {
        var total = 0.0
        var reasons: [DuplicateScore.Reason] = []
        for (index, part) in comparisons.enumerated() {
            guard let mine = first.values[index], let theirs = second.values[index], !mine.isEmpty, !theirs.isEmpty
            else { continue }
            var best = 0.0
            for one in mine { for other in theirs { best = max(best, one.likeness(to: other, as: part.method)) } }
            var points = 0.0
            var outcome = DuplicateScore.Reason.Outcome.different
            if best >= 1 {
                (points, outcome) = (part.agree, .same)
            } else if best >= part.method.near {
                let share = 0.7 + 0.3 * (best - part.method.near) / (1 - part.method.near)
                (points, outcome) = (part.agree * share, .similar)
            } else if best < part.method.far {
                points = -part.disagree
            }
            if points == 0 { continue }
            total += points
            reasons.append(reason(part, outcome, points))
        }
        reasons.sort { $0.points > $1.points }
        return DuplicateScore(points: Int(max(0, min(100, total)).rounded()), reasons: reasons)
    }

    private func reason(
        _ part: Part,
        _ outcome: DuplicateScore.Reason.Outcome,
        _ points: Double
    ) -> DuplicateScore.Reason {
        DuplicateScore.Reason(
            fields: part.fields.map(\.key),
            outcome: outcome,
            points: Int(points.rounded()),
            text: DuplicateWords.reason(part.fields.map(\.label), outcome)
        )
    }
}

/// Reasons in words.
enum DuplicateWords {
    static func reason(_ fields: [Label], _ outcome: DuplicateScore.Reason.Outcome) -> Label {
        let en = fields.map(\.en).joined(separator: "/")
        let zh = fields.map(\.zh).joined(separator: "/")
        return switch outcome {
        case .same: Label("\(en): the same", zh: "\(zh)相同")
        case .similar: Label("\(en): similar", zh: "\(zh)相近")
        case .different: Label("\(en): different", zh: "\(zh)不同")
        }
    }
}
