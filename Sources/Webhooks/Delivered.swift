import Database
import Delivery
import SQLText
public import Values

/// One event on its way to one receiver.
public struct WebhookDelivery: Sendable, Equatable {
    /// How far it is.
    public enum State: String, Sendable, CaseIterable {
        /// Waits for its turn or its next try.
        case waiting
        /// Is being sent.
        case sending
        /// Has arrived.
        case done
        /// Was given up; it can be replayed.
        case failed
    }

    /// The id; the message's is `msg_` and this.
    public let id: RecordID
    /// The subscription.
    public let webhook: RecordID
    /// What happened, such as `customer.updated`.
    public let type: String
    /// The record's object; empty for a test.
    public let object: String
    /// The record.
    public let record: RecordID
    /// The body that is sent.
    public let payload: String
    /// How far it is.
    public let state: State
    /// When it is sent, or tried again.
    public let dueAt: Instant
    /// How often it was tried since it was made, or since it was last replayed.
    public let tries: Int
    /// How often it was tried in all.
    public let attempts: Int
    /// The status of the last answer.
    public let status: Int?
    /// Why the last try failed.
    public let error: String?
    /// Milliseconds that the last try took.
    public let duration: Int64?
    /// When the event was taken up.
    public let createdAt: Instant
    /// When it arrived or was given up.
    public let finishedAt: Instant?

    /// The id of the message, the same for every try and replay.
    public var messageID: String { "msg_\(id)" }

    static let columns = """
        id, webhook, type, object, record, payload, state, due_at, tries, attempts, status, error, duration, created_at,
        finished_at
        """

    init(_ row: Row) {
        id = RecordID(row.integer(0))
        webhook = RecordID(row.integer(1))
        type = row.text(2)
        object = row.text(3)
        record = RecordID(row.integer(4))
        payload = row.text(5)
        state = State(rawValue: row.text(6)) ?? .failed
        dueAt = Instant(milliseconds: row.integer(7))
        tries = Int(row.integer(8))
        attempts = Int(row.integer(9))
        status = row[10].integer.map(Int.init)
        error = row[11].text
        duration = row[12].integer
        createdAt = Instant(milliseconds: row.integer(13))
        finishedAt = row[14].integer.map(Instant.init(milliseconds:))
    }
}

/// One try to send something.
public struct WebhookAttempt: Sendable, Equatable {
    /// When.
    public let at: Instant
    /// Where to.
    public let address: String
    /// The status of the answer; nil when there was none.
    public let status: Int?
    /// Why it failed.
    public let error: String?
    /// Milliseconds that it took.
    public let duration: Int64
    /// The first bytes of the answer.
    public let answer: String

    init(_ row: Row) {
        at = Instant(milliseconds: row.integer(0))
        address = row.text(1)
        status = row[2].integer.map(Int.init)
        error = row[3].text
        duration = row.integer(4)
        answer = row.text(5)
    }
}
