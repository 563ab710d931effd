import Customers
import Identity
import Pages
import Records
import Schema
import Values
import WebServer

/// Timers of calls, meetings and visits: on pages and over the API.
enum TimerRoutes {
    /// What pages show of timers in a workspace whose running ones `board` remembers.
    static func pages(_ board: TimerBoard) -> FeaturePages {
        FeaturePages(
            routes: [
                FeatureRoute(.page, TimerPages.address, page),
                FeatureRoute(.form, TimerPages.address + "/start", start),
                FeatureRoute(.form, TimerPages.address + "/stop", stop),
                FeatureRoute(.form, TimerPages.address + "/discard", discard),
            ] + api,
            buttons: [
                { object, id, session, context in
                    guard session.actor.userID != nil, session.actor.rights.on(Activity.key).create else {
                        return .empty
                    }
                    return TimerPages.menu(object.plural, id, in: context)
                }
            ],
            bars: [
                FeaturePages.Bar(mayShow: { board.mayRun(for: $0) }) { session, context in
                    guard let (timer, name) = try board.running(session) else { return .empty }
                    return TimerPages.bar(timer, name, in: context)
                }
            ]
        )
    }

    // MARK: Pages

    private static func page(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (running, outcomes) = try await request.read { session in
            (try described(session), session.schema.object(Activity.key)?.field("outcome")?.kind.choices ?? [])
        }
        let shown = running.map { ($0.timer, $0.name, $0.name == nil ? nil : $0.address) }
        let html = TimerPages.page(shown, outcomes: outcomes.filter { !$0.hidden }, in: request.context)
        return .page(request.context(Label("Timer", zh: "计时")), html, current: nil, crumbs: [])
    }

    private static func start(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let (chosen, plural) = (request.form("start"), request.form("object"))
        guard let id = RecordID(request.form("record")) else { throw Problem.notFound }
        let place = try place(request.form)
        let isCheckIn = chosen == WorkTimer.Method.checkIn.rawValue
        do {
            _ = try await request.engine.write(as: request.actor) { session in
                let method = isCheckIn ? WorkTimer.Method.checkIn : .timer
                return try Timers.start(isCheckIn ? "visit" : chosen, method, on: plural, id, at: place, session)
            }
        } catch let problem as Problem where problem.code == "timer_running" {
            return .refused(TimerPages.address, problem.message)
        }
        return .go("/\(plural)/\(id)", Label("The timer is running.", zh: "已开始计时。"))
    }

    private static func stop(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let ending = try ending(request.form)
        do {
            let (address, minutes) = try await request.engine.write(as: request.actor) { session in
                let address = try described(session)?.address
                let activity = try Timers.stop(ending, session)
                return (address ?? "/activities/\(activity.id)", activity.durationMinutes ?? 0)
            }
            return .go(
                address + (address.hasPrefix("/activities") ? "" : "#timeline"),
                Label("Noted: \(minutes) min.", zh: "已记录，用时 \(minutes) 分钟。")
            )
        } catch let problem as Problem where [.conflict, .invalid, .notFound].contains(problem.kind) {
            return .refused(TimerPages.address, problem.fields.first?.message ?? problem.message)
        }
    }

    private static func discard(_ request: FeatureRequest) async throws -> FeatureAnswer {
        do {
            try await request.engine.write(as: request.actor) { try Timers.discard($0) }
        } catch let problem as Problem where problem.kind == .conflict {
            return .refused(TimerPages.address, problem.message)
        }
        return .go("/", Label("The timer was discarded.", zh: "已放弃计时。"))
    }

    // MARK: API

    private static let form = JSONSchema.nullable(
        .all([
            ("kind", .words(WorkTimer.kinds)), ("method", .words(WorkTimer.Method.allCases.map(\.rawValue))),
            ("started_at", .instant), ("minutes", .integer), ("object", .string), ("record", .id),
            ("name", .nullable(.string)), ("forgotten", .boolean),
        ])
    )
    private static let position: [(name: String, schema: JSONSchema)] = [
        ("latitude", .number), ("longitude", .number), ("accuracy", .number),
    ]

    private static let api: [FeatureRoute] = [
        FeatureRoute(
            .read,
            "/api/v1/timer",
            { request in .json(.object([.init(key: "timer", value: try await json(request))])) },
            says: FeatureDescription("timer", "Timer", "The timer of the caller", answer: .all([("timer", form)]))
        ),
        FeatureRoute(
            .write,
            "/api/v1/timer/start",
            started,
            says: FeatureDescription(
                "start_timer",
                "Timer",
                "Starts a timer for a call, meeting or visit, or checks in for a visit",
                input: .object(
                    [
                        ("kind", .words(WorkTimer.kinds)), ("method", .words(["timer", "check_in"])),
                        ("object", .string), ("record", .id),
                    ] + position,
                    required: ["kind", "object", "record"],
                    open: true
                ),
                answer: .all([("timer", form)])
            )
        ),
        FeatureRoute(
            .write,
            "/api/v1/timer/stop",
            stopped,
            says: FeatureDescription(
                "stop_timer",
                "Timer",
                "Stops the timer and makes an activity of it; `minutes` corrects what was measured",
                input: .object(
                    [("minutes", .integer), ("kind", .string), ("body", .string), ("outcome", .string)] + position,
                    required: [],
                    open: true
                ),
                answer: .all([("id", .id), ("minutes", .integer), ("minutes_by", .string)])
            )
        ),
        FeatureRoute(
            .write,
            "/api/v1/timer/discard",
            { request in
                try await request.engine.write(as: request.actor) { try Timers.discard($0) }
                return .json(.object([.init(key: "timer", value: .null)]))
            },
            says: FeatureDescription(
                "discard_timer",
                "Timer",
                "Ends the timer without an activity",
                input: .object([], required: [], open: true),
                answer: .all([("timer", form)])
            )
        ),
    ]

    private static func json(_ request: FeatureRequest) async throws -> JSONValue {
        try await request.read { session in
            guard let running = try described(session) else { return .null }
            let timer = running.timer
            return .object([
                .init(key: "kind", value: .string(timer.kind)),
                .init(key: "method", value: .string(timer.method.rawValue)),
                .init(key: "started_at", value: .string(timer.startedAt.description)),
                .init(key: "minutes", value: .number(String(timer.minutes(at: session.now)))),
                .init(key: "object", value: .string(running.plural)),
                .init(key: "record", value: .string(timer.record.description)),
                .init(key: "name", value: running.name.map(JSONValue.string) ?? .null),
                .init(key: "forgotten", value: .bool(timer.isForgotten(at: session.now))),
            ])
        }
    }

    private static func started(_ request: FeatureRequest) async throws -> FeatureAnswer {
        func text(_ key: String) -> String { written(request.json[key]) }
        guard let id = RecordID(text("record")) else { throw Problem.notFound }
        let method = text("method").isEmpty ? WorkTimer.Method.timer : WorkTimer.Method(rawValue: text("method"))
        guard let method else {
            throw Problem.invalid("method", "unknown_choice", Label("timer or check_in", zh: "应为 timer 或 check_in"))
        }
        let (place, kind, plural) = (try place(text), text("kind"), text("object"))
        _ = try await request.engine.write(as: request.actor) { session in
            try Timers.start(kind, method, on: plural, id, at: place, session)
        }
        return .json(.object([.init(key: "timer", value: try await json(request))]))
    }

    private static func stopped(_ request: FeatureRequest) async throws -> FeatureAnswer {
        let ending = try ending { written(request.json[$0]) }
        let activity = try await request.engine.write(as: request.actor) { try Timers.stop(ending, $0) }
        return .json(
            .object([
                .init(key: "id", value: .string(activity.id.description)),
                .init(key: "minutes", value: .number(String(activity.durationMinutes ?? 0))),
                .init(key: "minutes_by", value: .string(activity.durationFrom ?? "")),
            ])
        )
    }

    // MARK: What is asked

    private static func written(_ value: JSONValue?) -> String {
        switch value {
        case .string(let text)?: text
        case .number(let text)?: text
        default: ""
        }
    }

    private static func place(_ text: (String) -> String) throws -> TimerPlace? {
        try TimerPlace(latitude: text("latitude"), longitude: text("longitude"), accuracy: text("accuracy"))
    }

    private static func ending(_ text: (String) -> String) throws -> Timers.Ending {
        var ending = Timers.Ending()
        (ending.kind, ending.body, ending.outcome) = (text("kind"), text("body"), text("outcome"))
        ending.place = try place(text)
        guard !text("minutes").isEmpty else { return ending }
        guard let minutes = Int64(text("minutes")) else {
            throw Problem.invalid("minutes", "invalid_number", Label("Write a number.", zh: "请填写数字。"))
        }
        ending.minutes = minutes
        return ending
    }

    private struct Running: Sendable {
        let timer: WorkTimer
        let name: String?
        let plural: String
        let address: String
    }

    private static func described(_ session: ReadSession) throws -> Running? {
        guard let timer = try Timers.running(session), let object = session.schema.object(timer.object) else {
            return nil
        }
        return Running(
            timer: timer,
            name: try TimerBoard.name(timer, session),
            plural: object.plural,
            address: "/\(object.plural)/\(timer.record)"
        )
    }
}
