import HTTPTypes
public import Identity
public import Jobs
public import Pages
public import Records
public import Schema
public import Values

/// What a feature shows at addresses of its own, and where it is entered. Features do not know the web: `App` puts
/// both together.
public struct FeaturePages: Sendable {
    /// An entry of the navigation.
    public struct Entry: Sendable {
        let label: Label
        let address: String
        let icon: String
        let capability: Capability
        let objects: [String]

        /// An entry for people who have a right; the lists of `objects` are reached below it.
        public init(
            _ label: Label,
            _ address: String,
            icon: String,
            for capability: Capability,
            objects: [String] = []
        ) {
            self.label = label
            self.address = address
            self.icon = icon
            self.capability = capability
            self.objects = objects
        }
    }

    /// A button on the page of each record of an object.
    public struct Link: Sendable {
        let object: String
        let label: Label
        let path: String
        let icon: String
        let capability: Capability

        /// A button that leads to the record's address with `path` behind it, for people who have a right.
        public init(_ object: String, _ label: Label, _ path: String, icon: String, for capability: Capability) {
            self.object = object
            self.label = label
            self.path = path
            self.icon = icon
            self.capability = capability
        }
    }

    /// A button on the page of a record that runs one of its verbs, where the record is in a state that fits.
    public struct Verb: Sendable {
        let object: String
        let name: String
        let states: Set<String>
        let capability: Capability?
        let question: Label?
        let isMain: Bool

        /// The verb `name` of an object, for records whose `state` is one of these, for people who have a right; with a
        /// `question` a reason is asked for.
        public init(
            _ object: String,
            _ name: String,
            in states: Set<String>,
            for capability: Capability? = nil,
            asking question: Label? = nil,
            isMain: Bool = false
        ) {
            self.object = object
            self.name = name
            self.states = states
            self.capability = capability
            self.question = question
            self.isMain = isMain
        }
    }

    /// What a feature says on somebody's start page, about what is theirs or about what their people look after; nil for
    /// nothing.
    public typealias Today = @Sendable (ReadSession, PageContext, _ isTeam: Bool) throws -> TodaySection?

    /// Buttons on the page of a record whose timeline is shown, given the record's object and id.
    public typealias Buttons = @Sendable (ObjectDefinition, RecordID, ReadSession, PageContext) throws -> HTML

    /// What a feature shows in the frame of every page, such as a timer that runs.
    public struct Bar: Sendable {
        let mayShow: @Sendable (Actor) -> Bool
        let html: @Sendable (ReadSession, PageContext) throws -> HTML

        /// A bar; where `mayShow`, which must not read, is false, nothing is read for it.
        public init(
            mayShow: @escaping @Sendable (Actor) -> Bool,
            html: @escaping @Sendable (ReadSession, PageContext) throws -> HTML
        ) {
            self.mayShow = mayShow
            self.html = html
        }
    }

    var routes: [FeatureRoute]
    var entries: [Entry]
    var links: [Link]
    var verbs: [Verb]
    var today: [Today]
    var buttons: [Buttons]
    var bars: [Bar]

    /// Addresses, entries, buttons and sections of the start page of features.
    public init(
        routes: [FeatureRoute] = [],
        entries: [Entry] = [],
        links: [Link] = [],
        verbs: [Verb] = [],
        today: [Today] = [],
        buttons: [Buttons] = [],
        bars: [Bar] = []
    ) {
        self.verbs = verbs
        self.today = today
        self.routes = routes
        self.entries = entries
        self.links = links
        self.buttons = buttons
        self.bars = bars
    }

    /// The pages of several features.
    public static func + (one: FeaturePages, other: FeaturePages) -> FeaturePages {
        FeaturePages(
            routes: one.routes + other.routes,
            entries: one.entries + other.entries,
            links: one.links + other.links,
            verbs: one.verbs + other.verbs,
            today: one.today + other.today,
            buttons: one.buttons + other.buttons,
            bars: one.bars + other.bars
        )
    }
}

/// An address that a feature answers.
public struct FeatureRoute: Sendable {
    /// How it is asked.
    public enum Kind: Sendable {
        /// A page to look at.
        case page
        /// A form of a page.
        case form
        /// A read of the API.
        case read
        /// A write of the API, with a JSON body.
        case write
    }

    /// Answers a request.
    public typealias Run = @Sendable (FeatureRequest) async throws -> FeatureAnswer

    let kind: Kind
    let pattern: String
    let operation: Operation?
    let run: Run

    /// An address such as `/costing/months/{id}`; one of the API says what it takes and answers.
    public init(_ kind: Kind, _ pattern: String, _ run: @escaping Run, says description: FeatureDescription? = nil) {
        self.kind = kind
        self.pattern = pattern
        self.run = run
        operation = description?.operation
    }

    var route: Route {
        let run = run
        switch kind {
        case .page: return PageRoutes.list(pattern) { try await FeatureRoute.reply($0, run) }
        case .form: return PageRoutes.post(pattern) { try await FeatureRoute.reply($0, run) }
        case .read:
            return Route(
                .get,
                pattern,
                operation: operation,
                handler: { try await FeatureRoute.reply(PageCall($0), run) }
            ).lagging
        case .write:
            return Route(
                .post,
                pattern,
                intake: .json(1_000_000),
                operation: operation,
                handler: { call in
                    // The body is JSON: it must not be read as a form.
                    var plain = call
                    plain.body = []
                    return try await FeatureRoute.reply(PageCall(plain), run, try call.json())
                }
            )
        }
    }

    private static func reply(_ page: PageCall, _ run: Run, _ json: JSONValue = .null) async throws -> Reply {
        let actor: Actor = page.call.isAPI ? try page.call.actor : try page.actor
        let request = FeatureRequest(page: page, engine: page.call.engine, actor: actor, json: json)
        switch try await run(request) {
        case .page(let title, let html, let current, let crumbs):
            return try await page.html(page.withBar(PageBody(title, html, current: current, crumbs: crumbs)))
        case .json(let value): return Reply.json { $0.value(value) }
        case .accepted(let value): return Reply.json(.accepted) { $0.value(value) }
        case .waiting(let title, let html, let current, let crumbs):
            let body = PageBody(title, html, current: current, crumbs: crumbs)
            var reply = try await page.html(page.withBar(body))
            // Looks again by itself, also without scripts.
            if let name = HTTPField.Name("Refresh") { reply.headers[name] = "2" }
            return reply
        case .file(let name, let type, let bytes):
            var reply = Reply(.ok, body: .bytes(bytes))
            reply.headers[.contentType] = type
            reply.headers[.contentDisposition] = "attachment; filename=\"\(name)\""
            return reply
        case .go(let address, let message): return page.go(to: address, .ok, message)
        case .refused(let address, let message): return page.go(to: address, .bad, message)
        }
    }
}

/// What the API description says about an address of a feature.
public struct FeatureDescription: Sendable {
    /// A parameter after the `?`: its name, its form, what it is for.
    public typealias Parameter = (name: String, schema: JSONSchema, text: String)

    let operation: Operation

    /// An address that takes `input` as its body and answers `answer`, with `format=csv` as a file where `isFile`.
    /// Where the work `mayGoOn` after the answer, that is 202.
    public init(
        _ id: String,
        _ group: String,
        _ summary: String,
        mayGoOn: Bool = false,
        parameters: [Parameter] = [],
        input: JSONSchema? = nil,
        answer: JSONSchema,
        isFile: Bool = false
    ) {
        let format: Parameter = ("format", .words(["json", "csv"]), "`csv` for a file")
        operation = Operation(
            id,
            group,
            summary,
            mayGoOn: mayGoOn,
            parameters: (parameters + (isFile ? [format] : [])).map {
                .init(name: $0.name, schema: $0.schema, text: $0.text)
            },
            input: input.map(Operation.Input.json) ?? .nothing,
            output: isFile ? .jsonOrCSV(answer) : .json(answer)
        )
    }
}

/// What is asked of a feature, and by whom.
public struct FeatureRequest: Sendable {
    private let page: PageCall
    /// The record engine.
    public let engine: RecordEngine
    /// Who asks.
    public let actor: Actor
    /// The body of a write of the API.
    public let json: JSONValue

    init(page: PageCall, engine: RecordEngine, actor: Actor, json: JSONValue) {
        self.page = page
        self.engine = engine
        self.actor = actor
        self.json = json
    }

    /// The background jobs of the workspace.
    public var jobs: JobQueue { page.call.workspace.jobs }
    /// Sees to it that a bulk change is done, also if this process ends.
    public func leaving() throws -> @Sendable (RecordID, WriteSession) throws -> Void {
        try BulkHandlers.leaving(page.call)
    }
    /// For whom a page is made.
    public var context: PageContext { page.context }
    /// The language of texts.
    public var language: Language { page.call.isAPI ? page.call.language : page.context.language }
    /// What stands for a `{name}` of the address.
    public func parameter(_ name: String) -> String { page.call.parameter(name) }
    /// The id that stands for a `{name}`; throws `notFound` for what is no id.
    public func id(_ name: String = "id") throws -> RecordID { try page.call.recordID(name) }
    /// A parameter behind the `?`; empty when it is absent.
    public func query(_ name: String) -> String { page.call.query[name] ?? "" }
    /// A field of the form, without blanks at its ends.
    public func form(_ name: String) -> String { page.form.text(name) }

    /// Reads as who asks.
    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (ReadSession) throws -> Result
    ) async throws -> Result {
        try await engine.read(as: actor, body)
    }
}

/// What a feature answers.
public enum FeatureAnswer: Sendable {
    /// A page: its title, its content, the entry of the navigation that it belongs to, the path to it.
    case page(String, HTML, current: String?, crumbs: [Crumb])
    /// The same of work that is still under way: it looks again after two seconds.
    case waiting(String, HTML, current: String?, crumbs: [Crumb])
    /// JSON.
    case json(JSONValue)
    /// JSON about work that has begun and will go on.
    case accepted(JSONValue)
    /// A file: its name, its type, its bytes.
    case file(String, String, [UInt8])
    /// Leads on to an address with a message.
    case go(String, Label)
    /// Leads on to an address that says why nothing was done.
    case refused(String, Label)
}
