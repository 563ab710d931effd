public import Values

/// Something in the history of a customer.
public struct TimelineItem: Sendable, Equatable {
    /// What it is.
    public enum Kind: String, Sendable, CaseIterable {
        /// Being in touch, or a task that was done.
        case activity
        /// Fields of the customer changed.
        case changed
        /// An opportunity came into another stage.
        case stage
        /// A record was made: the customer itself, a contact, an opportunity …
        case created
    }

    /// A field before and after.
    public struct Change: Sendable, Equatable {
        /// The field.
        public let field: Label
        /// What it was; empty for nothing.
        public let before: Label
        /// What it is.
        public let after: Label
    }

    /// What it is.
    public let kind: Kind
    /// When it happened.
    public let at: Instant
    /// The key of the record's object.
    public let object: String
    /// The record.
    public let id: RecordID
    /// What it is called.
    public let title: Label
    /// More about it, as somebody wrote it.
    public var body: String?
    /// Who did it.
    public var actorName: String?
    /// For activities: the key of their kind.
    public var activityKind: String?
    /// For changes: the fields.
    public var changes: [Change] = []
    /// Tells entries of the same moment and kind apart.
    let tie: Int64

    /// Later entries come first; of one moment, what follows from something else stands above it.
    var place: TimelinePlace { TimelinePlace(at: at.milliseconds, rank: kind.rank, tie: tie) }
}

/// The place of an entry in the order of a timeline.
struct TimelinePlace: Comparable, Sendable {
    let at: Int64
    let rank: Int64
    let tie: Int64

    static func < (left: TimelinePlace, right: TimelinePlace) -> Bool {
        (left.at, left.rank, left.tie) < (right.at, right.rank, right.tie)
    }

    /// The text of a cursor.
    var text: String { "\(at).\(rank).\(tie)" }

    init(at: Int64, rank: Int64, tie: Int64) {
        (self.at, self.rank, self.tie) = (at, rank, tie)
    }

    /// Reads a cursor; nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 3, let at = parts[0], let rank = parts[1], let tie = parts[2], abs(at) < 1 << 52 else {
            return nil
        }
        self.init(at: at, rank: rank, tie: tie)
    }
}

extension TimelineItem.Kind {
    var rank: Int64 {
        switch self {
        case .activity: 3
        case .changed: 2
        case .stage: 1
        case .created: 0
        }
    }
}
