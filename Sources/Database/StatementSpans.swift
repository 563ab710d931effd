import SQLText
import Tracing

/// Statements are spans of the request or job that runs them, where somebody traces. Their texts hold no values.
extension Connection {
    /// A span for a statement, which the caller ends; nil where nobody traces.
    func span(_ text: String) -> (any Span)? {
        guard let context else { return nil }
        let verb = text.drop { $0.isWhitespace }.prefix { !$0.isWhitespace }
        let span = InstrumentationSystem.tracer.startSpan(String(verb), context: context, ofKind: .client)
        guard span.isRecording else { return span }
        span.attributes["db.system.name"] = dialect == .sqlite ? "sqlite" : "postgresql"
        span.attributes["db.query.text"] = text
        return span
    }
}

extension Database {
    /// The same body, whose statements belong to the trace of whoever calls.
    static func traced<Result>(
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) -> @Sendable (Connection) throws -> Result {
        guard let context = ServiceContext.current, !(InstrumentationSystem.tracer is NoOpTracer) else { return body }
        return { connection in
            // Writes of several callers share a connection, one after another.
            connection.context = context
            defer { connection.context = nil }
            return try body(connection)
        }
    }
}
