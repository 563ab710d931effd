import CLibPQ
import SQLText
import Values

/// The rows of the statement that is running: one at a time as they come in, or all at once where they are few.
final class PostgresRows {
    private let handle: OpaquePointer
    private let text: String
    /// True for the last of several statements that were sent together.
    private let isTogether: Bool
    /// True where the end of the read comes behind it.
    private let isFollowed: Bool
    private var kept: [OpaquePointer] = []
    private var position = 0
    private var isOpen = true
    private var failure: StorageFailure?
    /// How many rows the statement changed; known after the last row.
    private(set) var changed = 0

    /// The rows of a statement that was just sent, and to whose answer all before it have been taken.
    init(_ handle: OpaquePointer, _ sql: SQLFragment, isTogether: Bool = false, isFollowed: Bool = false) {
        (self.handle, text, self.isTogether, self.isFollowed) = (handle, sql.text, isTogether, isFollowed)
        // The library makes a result for each row, with the names of all its columns.
        if !sql.isShort { PQsetSingleRowMode(handle) }
    }

    deinit {
        for result in kept[position...] { PQclear(result) }
    }

    /// A result with the next rows, which the caller clears; nil after the last.
    func next() throws -> OpaquePointer? {
        if position < kept.count {
            position += 1
            return kept[position - 1]
        }
        if let failure {
            self.failure = nil
            throw failure
        }
        return isOpen ? try receive() : nil
    }

    /// Takes all that still comes into memory: another statement is to run before this one has ended.
    func keepRest() throws {
        do {
            while isOpen, let result = try receive() { kept.append(result) }
        } catch let error as StorageFailure {
            failure = error
        }
    }

    /// Throws away what still comes.
    func drop() throws {
        while position < kept.count {
            PQclear(kept[position])
            position += 1
        }
        while isOpen, let result = try receive() { PQclear(result) }
    }

    private func receive() throws -> OpaquePointer? {
        while let result = PQgetResult(handle) {
            switch PQresultStatus(result) {
            case PGRES_SINGLE_TUPLE: return result
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                if let start = PQcmdTuples(result), !isSelect(result) { changed = Int(String(cString: start)) ?? 0 }
                if PQntuples(result) > 0 { return result }
                PQclear(result)
            default:
                let failure = PostgresSession.failure(result, handle, text)
                PQclear(result)
                skipRest()
                isOpen = false
                _ = isOver()
                throw failure
            }
        }
        isOpen = false
        if !isOver() {
            let message = PostgresSession.words(PQerrorMessage(handle))
            throw StorageFailure(state: "08006", message: message, sql: text)
        }
        return nil
    }

    /// Takes what comes behind; false where the connection is of no more use.
    private func isOver() -> Bool {
        if isFollowed { skipRest() }
        return !isTogether || PostgresSession.endTogether(handle)
    }

    private func skipRest() {
        while let rest = PQgetResult(handle) { PQclear(rest) }
    }

    private func isSelect(_ result: OpaquePointer) -> Bool {
        PQcmdStatus(result).map { String(cString: $0).hasPrefix("SELECT") } ?? false
    }
}

extension SQLFragment {
    /// True of a statement that says itself that its rows are few.
    fileprivate var isShort: Bool {
        guard case .integer(let limit)? = values.last, limit <= 201 else { return false }
        return text.utf8.suffix(8).elementsEqual(" LIMIT ?".utf8)
    }
}
