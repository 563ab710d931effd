import HTTPTypes

/// One address of the server: method, pattern and what answers.
struct Route: Sendable {
    /// Who may call it.
    enum Audience: Sendable {
        /// Anybody.
        case anyone
        /// Whoever is logged in; what they may do is decided further on.
        case people
    }

    /// What it takes as a body.
    enum Intake: Sendable, Equatable {
        case nothing
        /// JSON up to so many bytes.
        case json(Int)
        /// A form of a page, up to so many bytes.
        case form(Int)
        /// A file of any size, streamed.
        case upload
        /// A form of a page up to so many bytes, or the same with files, streamed.
        case formWithFiles(Int)
    }

    typealias Handler = @Sendable (Call) async throws -> Reply

    let method: HTTPRequest.Method
    /// Such as `/api/v1/{plural}/{id}`.
    let pattern: String
    let audience: Audience
    let intake: Intake
    /// What the API description says; nil for pages.
    let operation: Operation?
    /// Whether what it reads may be a second old, the caller's own writes excepted: lists, searches and reports.
    private(set) var mayLag = false
    let handler: Handler

    /// The same, where what it reads may be a second old.
    var lagging: Route {
        var route = self
        route.mayLag = true
        return route
    }

    /// An address.
    init(
        _ method: HTTPRequest.Method,
        _ pattern: String,
        audience: Audience = .people,
        intake: Intake = .nothing,
        operation: Operation? = nil,
        handler: @escaping Handler
    ) {
        self.method = method
        self.pattern = pattern
        self.audience = audience
        self.intake = intake
        self.operation = operation
        self.handler = handler
    }
}

/// Finds the route of a path. Words are preferred to `{names}`.
struct RouteTable: Sendable {
    private struct Node: Sendable {
        var words: [String: Int] = [:]
        var name: Int?
        var routes: [(names: [String], route: Route)] = []
    }

    /// What was found.
    enum Finding: Sendable {
        case route(Route, [(name: String, value: String)])
        /// The path exists, but not with this method; these it has.
        case otherMethods([String])
        case nothing
    }

    /// All routes, as listed.
    let routes: [Route]
    private var nodes = [Node()]

    /// A table of routes.
    init(_ routes: [Route]) {
        self.routes = routes
        for route in routes { add(route) }
    }

    private mutating func add(_ route: Route) {
        var node = 0
        var names: [String] = []
        for part in route.pattern.split(separator: "/") {
            let isName = part.hasPrefix("{")
            if isName { names.append(String(part.dropFirst().dropLast())) }
            if let next = isName ? nodes[node].name : nodes[node].words[String(part)] {
                node = next
                continue
            }
            nodes.append(Node())
            if isName { nodes[node].name = nodes.count - 1 } else { nodes[node].words[String(part)] = nodes.count - 1 }
            node = nodes.count - 1
        }
        nodes[node].routes.append((names, route))
    }

    /// The route of a method and the decoded segments of a path.
    func find(_ method: HTTPRequest.Method, _ segments: [String]) -> Finding {
        var leaves: [(node: Int, values: [String])] = []
        collect(segments[...], from: 0, [], &leaves)
        let wanted: [HTTPRequest.Method] = method == .head ? [.head, .get] : [method]
        for leaf in leaves {
            for candidate in wanted {
                if let found = nodes[leaf.node].routes.first(where: { $0.route.method == candidate }) {
                    return .route(found.route, Array(zip(found.names, leaf.values)).map { (name: $0, value: $1) })
                }
            }
        }
        var methods = Set(leaves.flatMap { nodes[$0.node].routes.map(\.route.method.rawValue) })
        if methods.isEmpty { return .nothing }
        if methods.contains("GET") { methods.insert("HEAD") }
        return .otherMethods(methods.sorted())
    }

    private func collect(
        _ rest: ArraySlice<String>,
        from node: Int,
        _ values: [String],
        _ leaves: inout [(node: Int, values: [String])]
    ) {
        guard let first = rest.first else {
            if !nodes[node].routes.isEmpty { leaves.append((node, values)) }
            return
        }
        if let next = nodes[node].words[first] { collect(rest.dropFirst(), from: next, values, &leaves) }
        if let next = nodes[node].name { collect(rest.dropFirst(), from: next, values + [first], &leaves) }
    }
}
