import Foundation
import Synchronization
import Tracing
import Values
import WebServer

/// Makes spans of what the program does, and hands those that end to an exporter. A request that comes with a trace is
/// part of it, sampled or not as that says; of the others a share is sampled.
final class SpanTracer: Tracer {
    private let percent: Int
    private let onEnd: @Sendable (EndedSpan) -> Void

    init(percent: Int, onEnd: @escaping @Sendable (EndedSpan) -> Void) {
        (self.percent, self.onEnd) = (percent, onEnd)
    }

    func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> ServiceContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> RunningSpan {
        var context = context()
        let parent = context.traceParent
        let isSampled = parent?.isSampled ?? (Int.random(in: 0..<100) < percent)
        context.traceParent = TraceParent(
            trace: parent?.trace ?? SpanTracer.digits() + SpanTracer.digits(),
            span: SpanTracer.digits(),
            isSampled: isSampled
        )
        return RunningSpan(
            operationName,
            context,
            kind,
            parent: parent?.span,
            start: instant().nanosecondsSinceEpoch,
            onEnd: isSampled ? onEnd : nil
        )
    }

    func forceFlush() {}

    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout ServiceContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {
        context.traceParent = extractor.extract(key: "traceparent", from: carrier).flatMap { TraceParent($0) }
    }

    func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let parent = context.traceParent else { return }
        let flags = parent.isSampled ? "01" : "00"
        injector.inject("00-\(parent.trace)-\(parent.span)-\(flags)", forKey: "traceparent", into: &carrier)
    }

    /// 16 hexadecimal digits that are not all zero.
    private static func digits() -> String {
        let text = String(UInt64.random(in: 1 ... .max), radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}

/// A span that has ended.
struct EndedSpan: Sendable {
    let name: String
    let place: TraceParent
    let parent: String?
    let kind: SpanKind
    /// Nanoseconds since 1970.
    let start: UInt64
    let end: UInt64
    let attributes: SpanAttributes
    let hasFailed: Bool
}

/// A span that is under way.
final class RunningSpan: Span {
    private struct State {
        var name: String
        var attributes = SpanAttributes()
        var hasFailed = false
        var hasEnded = false
    }
    let context: ServiceContext
    private let kind: SpanKind
    private let parent: String?
    private let start: UInt64
    private let onEnd: (@Sendable (EndedSpan) -> Void)?
    private let state: Mutex<State>

    init(
        _ name: String,
        _ context: ServiceContext,
        _ kind: SpanKind,
        parent: String?,
        start: UInt64,
        onEnd: (@Sendable (EndedSpan) -> Void)?
    ) {
        (self.context, self.kind, self.parent, self.start, self.onEnd) = (context, kind, parent, start, onEnd)
        state = Mutex(State(name: name))
    }

    var isRecording: Bool { onEnd != nil }

    var operationName: String {
        get { state.withLock { $0.name } }
        set { state.withLock { $0.name = newValue } }
    }

    var attributes: SpanAttributes {
        get { state.withLock { $0.attributes } }
        set { if isRecording { state.withLock { $0.attributes = newValue } } }
    }

    func setStatus(_ status: SpanStatus) { state.withLock { $0.hasFailed = status.code == .error } }

    /// What happened within a span is not exported; the log has it.
    func addEvent(_ event: SpanEvent) {}

    func addLink(_ link: SpanLink) {}

    func recordError<Instant: TracerInstant>(
        _ error: any Error,
        attributes: SpanAttributes,
        at instant: @autoclosure () -> Instant
    ) {
        state.withLock { $0.hasFailed = true }
    }

    func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        guard let onEnd, let place = context.traceParent else { return }
        let end = instant().nanosecondsSinceEpoch
        let final = state.withLock { state -> State? in
            defer { state.hasEnded = true }
            return state.hasEnded ? nil : state
        }
        guard let final else { return }
        onEnd(
            EndedSpan(
                name: final.name,
                place: place,
                parent: parent,
                kind: kind,
                start: start,
                end: end,
                attributes: final.attributes,
                hasFailed: final.hasFailed
            )
        )
    }
}
