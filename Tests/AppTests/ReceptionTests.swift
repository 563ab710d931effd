import Database
import Foundation
import Hummingbird
import Identity
import Logging
import Records
import ServiceLifecycle
import TestSupport
import Testing
import Values
import WebServer

@testable import App

/// Two workspaces under one host name, told apart by what people say when they log in.
@Suite(.serialized) struct ReceptionTests {
    private static let served = Task { try await Shared() }

    /// The cookies of an answer as a browser sends them back.
    private func cookies(_ answer: Client.Answer) -> [String: String] {
        let pairs = answer.cookies.compactMap { line -> (String, String)? in
            let parts = (line.split(separator: ";").first ?? "").split(separator: "=", maxSplits: 1).map(String.init)
            return parts.count == 2 ? (parts[0], parts[1]) : nil
        }
        return Dictionary(pairs) { $1 }
    }

    private func header(_ cookies: [String: String]) -> [String: String] {
        ["Cookie": cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")]
    }

    private func logIn(
        _ client: Client,
        _ workspace: String,
        email: String = "ann",
        password: String = Company.password
    ) async throws -> Client.Answer {
        let words = password.replacing(" ", with: "+")
        return try await client.send(
            "POST",
            "/login",
            "workspace=\(workspace)&email=\(email)%40example.com&password=\(words)",
            headers: ["Content-Type": "application/x-www-form-urlencoded"]
        )
    }

    @Test func `a log-in leads to the workspace that it names and a cookie keeps the browser there`() async throws {
        let (client, _) = try await Self.served.value.client
        for name in ["acme", "globex"] {
            let answer = try await logIn(client, name.uppercased())
            #expect(answer.status == 303 && answer.headers["location"] == "/")
            let kept = cookies(answer)
            #expect(kept["kehu_workspace"] == name && kept["kehu_last_workspace"] == name)
            let line = try #require(answer.cookies.first { $0.hasPrefix("kehu_workspace=") })
            #expect(line.contains("HttpOnly") && line.contains("SameSite=Lax") && !line.contains("Domain"))
            let page = try await client.send("GET", "/account", headers: header(kept))
            #expect(page.status == 200)
            // The other workspace knows nothing of this session.
            var other = kept
            other["kehu_workspace"] = name == "acme" ? "globex" : "acme"
            let refused = try await client.send("GET", "/account", headers: header(other))
            #expect(refused.status == 303 && refused.headers["location"] == "/login?next=%2Faccount")
        }
    }

    @Test func `nobody learns which workspaces there are`() async throws {
        let (client, keys) = try await Self.served.value.client
        let wrong = try await logIn(client, "acme", password: "not the password")
        let unknown = try await logIn(client, "nobody", password: "not the password")
        #expect(wrong.status == 401 && unknown.status == 401)
        #expect(wrong.text.replacing("\"acme\"", with: "\"nobody\"") == unknown.text)
        #expect(cookies(wrong).isEmpty && cookies(unknown).isEmpty)
        for path in ["/", "/customers", "/login/code", "/invite/x", "/calendar/kh_x.ics", "/nothing", "/metrics/x"] {
            let session = String(repeating: "a", count: 43)
            let (there, absent) = (
                header(["kehu_workspace": "acme", "kehu_session": session]),
                header(["kehu_workspace": "nobody", "kehu_session": session])
            )
            let one = try await client.send("GET", path, headers: there)
            let other = try await client.send("GET", path, headers: absent)
            #expect(one.status == other.status && one.body == other.body, "\(path)")
            #expect(one.headers["location"] == other.headers["location"])
        }
        for name in ["globex", "nobody"] {
            let answer = try await client.send(
                "GET",
                "/api/v1/me",
                headers: ["Authorization": "Bearer \(keys["acme"] ?? "")", "Kehu-Workspace": name]
            )
            #expect(answer.status == 401 && answer.code == "wrong_key")
        }
    }

    @Test(arguments: [false, true])
    func `a workspace that cannot be opened is as one that is not there`(isDown: Bool) async throws {
        var settings = ServerSettings()
        (settings.port, settings.requestsPerSecond) = (0, 0)
        let (port, task) = try await serve(Broken(isDown: isDown), settings)
        defer { task.cancel() }
        let client = Client(port: port, headers: ["Accept-Language": "en", "X-Request-Id": "one"])
        let session = String(repeating: "a", count: 43)
        for path in ["/", "/customers", "/login/code", "/invite/x", "/calendar/kh_x.ics", "/api/v1/me", "/metrics"] {
            let there = header(["kehu_workspace": "acme", "kehu_session": session])
            let absent = header(["kehu_workspace": "nobody", "kehu_session": session])
            let one = try await client.send("GET", path, headers: there)
            let other = try await client.send("GET", path, headers: absent)
            #expect(one.status == other.status && one.body == other.body, "\(path)")
            #expect(one.headers["location"] == other.headers["location"])
            // What is the matter with all of them is told.
            #expect((one.status == 503) == isDown, "\(path)")
        }
        let one = try await logIn(client, "acme")
        let other = try await logIn(client, "nobody")
        #expect(one.status == (isDown ? 503 : 401) && other.status == one.status)
        #expect(one.text.replacing("\"acme\"", with: "\"nobody\"") == other.text)
    }

    @Test(arguments: [true, false])
    func `whoever shares requests out hears where newer servers do more than this one`(isShared: Bool) async throws {
        var settings = ServerSettings()
        (settings.port, settings.requestsPerSecond) = (0, 0)
        for isOutdone in [false, true] {
            let finder = Broken(isDown: false, isOutdone: isOutdone, sharesHosts: isShared)
            let (port, task) = try await serve(finder, settings)
            defer { task.cancel() }
            let client = Client(port: port, headers: ["Accept-Language": "en"])
            #expect(try await client.send("GET", "/readyz").status == (isOutdone ? 503 : 200))
            #expect(try await client.send("GET", "/healthz").status == 200)
        }
    }

    @Test func `while a workspace moves, those who belong there are told, and nobody else`() async throws {
        let served = try await Self.served.value
        let (client, keys) = served.client
        let kept = try await cookies(logIn(client, "globex"))
        let database = try await served.workspaces.server(named: "globex").workspace.engine.database
        _ = try await database.stopWrites()
        let wrong = try await logIn(client, "globex", email: "x")
        let unknown = try await logIn(client, "nobody", email: "x")
        #expect(wrong.status == 401)
        #expect(wrong.text.replacing("\"globex\"", with: "\"nobody\"") == unknown.text)
        let right = try await logIn(client, "globex")
        #expect(right.status == 503 && right.text.contains("being moved"))
        let page = try await client.send("GET", "/account", headers: header(kept))
        #expect(page.status == 200)
        let name = ["Kehu-Workspace": "globex"]
        let bearer = ["Authorization": "Bearer \(keys["globex"] ?? "")"]
        let write = try await client.send(
            "POST",
            "/api/v1/customers",
            #"{"name":"Move"}"#,
            headers: name.merging(bearer) { $1 }
        )
        #expect(write.status == 503 && write.code == "workspace_moving")
        let stranger = try await client.send(
            "GET",
            "/api/v1/me",
            headers: name.merging(["Authorization": "Bearer kh_wrong"]) { $1 }
        )
        #expect(stranger.status == 401 && stranger.code == "wrong_key")
        try await database.allowWrites()
        #expect(try await logIn(client, "globex").status == 303)
    }

    @Test func `a key needs the name of its workspace`() async throws {
        let (client, keys) = try await Self.served.value.client
        for (name, key) in keys {
            let bearer = ["Authorization": "Bearer \(key)"]
            let needed = try await client.send("GET", "/api/v1/me", headers: bearer)
            #expect(needed.status == 400 && needed.code == "workspace_needed")
            let named = bearer.merging(["Kehu-Workspace": name]) { $1 }
            let answer = try await client.send("GET", "/api/v1/me", headers: named)
            #expect(answer.status == 200)
        }
    }

    @Test func `the form proposes the workspace of a link and of the last log-in`() async throws {
        let (client, _) = try await Self.served.value.client
        let link = try await client.send("GET", "/?workspace=acme")
        #expect(link.status == 303 && link.headers["location"] == "/login?workspace=acme")
        let form = try await client.send("GET", "/login?workspace=acme")
        #expect(form.status == 200 && form.text.contains("name=\"workspace\" type=\"text\" value=\"acme\""))
        let again = try await client.send("GET", "/login", headers: header(["kehu_last_workspace": "globex"]))
        #expect(again.text.contains("value=\"globex\""))
    }

    @Test func `logging out leaves the workspace`() async throws {
        let (client, _) = try await Self.served.value.client
        let kept = try await cookies(logIn(client, "acme"))
        let page = try await client.send("GET", "/account", headers: header(kept))
        let token = try #require(page.text.firstMatch(of: /name="_csrf" value="([^"]+)"/)?.1)
        let out = try await client.send(
            "POST",
            "/logout",
            "_csrf=\(token)",
            headers: header(kept).merging(["Content-Type": "application/x-www-form-urlencoded"]) { $1 }
        )
        #expect(out.status == 303 && out.cookies.contains { $0.hasPrefix("kehu_workspace=;") })
    }
}

/// Knows one workspace, which cannot be opened; or cannot tell which there are.
private struct Broken: WorkspaceFinder {
    let isDown: Bool
    var isOutdone = false
    var sharesHosts = true
    private static let fault = Problem(
        .unavailable,
        "damaged",
        Label("It is damaged.", zh: "已损坏。")
    )

    func server(for host: String) async throws -> WebServer { throw Problem.unknownHost }

    func isShared(_ host: String) -> Bool { sharesHosts }

    func ready() async throws { if isOutdone { throw Problem.newerData } }

    func server(named name: String) async throws -> WebServer {
        throw isDown || name == "acme" ? Broken.fault : Problem.unknownHost
    }

    func look() async throws { if isDown { throw Broken.fault } }
}

/// Serves until the task is cancelled.
private func serve(_ finder: some WorkspaceFinder, _ settings: ServerSettings) async throws -> (
    port: Int, task: Task<Void, any Error>
) {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let (ports, found) = AsyncStream.makeStream(of: Int.self)
    let task = Task {
        let service = try WebServer.application(finder, settings, logger) { found.yield($0) }
        try await ServiceGroup(configuration: .init(services: [service], logger: logger)).run()
    }
    for await port in ports { return (port, task) }
    throw Problem.unknownHost
}

/// A process that serves `acme` and `globex` at 127.0.0.1, which belongs to neither.
private final class Shared: Sendable {
    let client: (Client, keys: [String: String])
    let workspaces: OpenWorkspaces
    private let task: Task<Void, any Error>

    init() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/kehu-reception-" + UUID().uuidString
        let flags: [String: String?] = [
            "data": folder, "database": TestDatabase.freshAddress(), "login_host": "127.0.0.1", "port": "0",
            "rate_limit": "0", "spare_workspaces": "0",
        ]
        let settings = try Settings(flags: flags, environment: [:])
        let directory = try await WorkspaceDirectory.chosen(settings)
        var keys: [String: String] = [:]
        for name in ["acme", "globex"] {
            let workspace = try await OpenWorkspace(name, in: directory, passwords: .testing)
            let made = try await workspace.addPerson(
                email: "ann@example.com",
                role: "administrator",
                password: Company.password
            )
            let identities = workspace.identities
            keys[name] = try await workspace.engine.database.write { connection in
                try identities.addKey(
                    for: made.user.id,
                    name: "test",
                    by: OpenWorkspace.operatorActor,
                    on: connection
                ).token
            }
            workspace.close()
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        guard let hosts = try Hosts(settings) else { throw Problem.unknownHost }
        let served = try ServerSettings(settings)
        let opened = try OpenWorkspaces(directory, hosts, settings, served, logger: logger)
        let running = try await serve(opened, served)
        workspaces = opened
        task = running.task
        client = (Client(port: running.port, headers: ["Accept-Language": "en"]), keys: keys)
    }
}
