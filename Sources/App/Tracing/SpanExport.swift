import Delivery
import Logging
import ServiceLifecycle
import Synchronization
import Tracing
import Values
import WebServer

/// Sends ended spans to the collector that the settings name, as OTLP in JSON over HTTP. Nobody waits for it: what does
/// not fit is dropped, and so is what the collector does not take.
final class SpanExport: Service {
    private struct State {
        var spans: [EndedSpan] = []
        var dropped = 0
    }
    private let state = Mutex(State())
    private let address: String
    private let logger: Logger
    private let http = OutgoingHTTP(width: 1)
    private static let most = 10_000
    private static let portion = 500
    private static let pause = Duration.seconds(2)

    /// Begins to trace, once per process, if the settings say where spans are sent.
    static func begun(_ settings: ServerSettings, _ logger: Logger) -> [any Service] {
        guard !settings.traceAddress.isEmpty else { return [] }
        let export = SpanExport(to: settings.traceAddress, logger: logger)
        InstrumentationSystem.bootstrap(SpanTracer(percent: settings.tracePercent) { export.add($0) })
        return [export]
    }

    init(to address: String, logger: Logger) { (self.address, self.logger) = (address, logger) }

    func add(_ span: EndedSpan) {
        state.withLock { state in
            if state.spans.count < SpanExport.most { state.spans.append(span) } else { state.dropped += 1 }
        }
    }

    /// Sends until the server is to stop, and then what there is.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: SpanExport.pause)
                await self.send()
            }
        }
        await send()
    }

    private func send() async {
        var isAway = false
        while !isAway {
            let (spans, dropped) = state.withLock { state in
                let spans = Array(state.spans.prefix(SpanExport.portion))
                state.spans.removeFirst(spans.count)
                defer { state.dropped = 0 }
                return (spans, state.dropped)
            }
            if dropped > 0 { logger.warning("spans were dropped", metadata: ["count": "\(dropped)"]) }
            guard !spans.isEmpty else { return }
            let call = OutgoingCall(
                to: address,
                headers: [("Content-Type", "application/json")],
                body: SpanExport.json(spans),
                allowsNearby: true
            )
            let answer = await http.send(call)
            isAway = !answer.isAccepted
            if isAway {
                logger.warning(
                    "spans could not be sent",
                    metadata: ["reason": "\(answer.error?.en ?? "status \(answer.status ?? 0)")"]
                )
            }
        }
    }

    /// The body of a request of the OpenTelemetry protocol.
    static func json(_ spans: [EndedSpan]) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.key("resourceSpans")
            json.array { json in
                json.object { json in
                    json.key("resource")
                    json.object { json in
                        json.key("attributes")
                        json.array { attribute("service.name", "kehu", &$0) }
                    }
                    json.key("scopeSpans")
                    json.array { json in
                        json.object { json in
                            json.key("spans")
                            json.array { json in for span in spans { write(span, &json) } }
                        }
                    }
                }
            }
        }
        return json.bytes
    }

    private static func write(_ span: EndedSpan, _ json: inout JSONWriter) {
        json.object { json in
            json.member("traceId", span.place.trace)
            json.member("spanId", span.place.span)
            if let parent = span.parent { json.member("parentSpanId", parent) }
            json.member("name", span.name)
            json.member("kind", kind(span.kind))
            json.member("startTimeUnixNano", String(span.start))
            json.member("endTimeUnixNano", String(span.end))
            json.key("attributes")
            json.array { json in
                span.attributes.forEach { name, value in attribute(name, text(value), &json) }
            }
            json.key("status")
            json.object { if span.hasFailed { $0.member("code", Int64(2)) } }
        }
    }

    private static func attribute(_ name: String, _ value: String, _ json: inout JSONWriter) {
        json.object { json in
            json.member("key", name)
            json.key("value")
            json.object { $0.member("stringValue", value) }
        }
    }

    private static func text(_ value: SpanAttribute) -> String {
        switch value {
        case .string(let text): text
        case .int64(let number): String(number)
        default: "\(value)"
        }
    }

    /// The numbers of the protocol.
    private static func kind(_ kind: SpanKind) -> Int64 {
        switch kind {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }
}
