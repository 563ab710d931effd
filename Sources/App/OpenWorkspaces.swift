import Database
import Logging
import Operations
import Privacy
import Records
import Synchronization
import Values
public import WebServer

/// Many workspaces in one process: each is opened when somebody asks for it or something is due in it, and closed when
/// nobody has used it for a while; of too many the one goes first that was used least recently.
public final class OpenWorkspaces: WorkspaceFinder {
    /// A workspace that is open.
    private struct Seat {
        let web: WebServer
        let background: BackgroundWork
        let task: Task<Void, Never>
        let openedAt = ContinuousClock.now
        var usedAt: ContinuousClock.Instant
    }
    private struct Lingering {
        weak var web: WebServer?
    }
    private struct State {
        var open: [String: Seat] = [:]
        var opening: [String: Task<WebServer, any Error>] = [:]
        /// Those that were closed and are still in use, by an answer that takes long or by an import.
        var lingering: [String: Lingering] = [:]
        /// When something is due in those that are closed. `isKnown` is false of one that was never open here.
        var due: [String: (at: ContinuousClock.Instant, isKnown: Bool)] = [:]
        /// The workspaces that there were in the last round.
        var names: [String] = []
        var isEnded = false
        /// How often one was opened, and how often one could not be.
        var openings = 0
        var failures = 0

        /// There are other workspaces than before: the new ones are opened soon.
        mutating func meet(_ all: [String]) {
            names = all
            let there = Set(all)
            due = due.filter { there.contains($0.key) }
            for name in all where open[name] == nil && opening[name] == nil && due[name] == nil {
                due[name] = (.now, false)
            }
        }
    }
    private let state = Mutex(State())
    private let hosts: Hosts
    private let directory: WorkspaceDirectory
    private let settings: Settings
    private let served: ServerSettings
    private let logger: Logger
    private let closed: ClosedWorkspaces
    /// Holds newer versions back for as long as this process runs; nil on SQLite.
    private let presence: Presence?
    /// How many empty workspaces are kept ready.
    private let spares: Int
    /// How many may be open.
    private let limit: Int
    /// How long one stays open that nobody uses.
    private let idle: Duration
    /// After this time at the latest a closed workspace is looked at, even if nothing was heard of it and nothing is due:
    /// in PostgreSQL that takes a statement, a file must be opened.
    private var longest: Duration { .seconds(directory.server == nil ? 43_200 : 900) }
    private static let round = Duration.seconds(2)
    /// How many are opened in a round because something is due in them.
    private static let visits = 4

    init(
        _ directory: WorkspaceDirectory,
        _ hosts: Hosts,
        _ settings: Settings,
        _ served: ServerSettings,
        logger: Logger
    ) throws {
        let program = WorkspaceFile.edition(Modules.all, Migrations.all)
        presence = directory.server.map { Presence($0, program) }
        (self.directory, self.hosts, self.settings, self.logger) = (directory, hosts, settings, logger)
        closed = ClosedWorkspaces(directory)
        self.served = served
        spares = directory.server == nil ? 0 : try settings.number("spare_workspaces", 0...100)
        limit = try settings.number("open_workspaces", 1...10_000)
        idle = .seconds(try settings.number("idle_seconds", 1...86_400))
    }

    // MARK: Opening

    /// The server of the workspace of a host name.
    public func server(for host: String) async throws -> WebServer {
        guard let name = hosts.workspace(host) else { throw Problem.unknownHost }
        return try await server(of: name, isAsked: true)
    }

    /// Whether people name their workspace at the log-in under this host name.
    public func isShared(_ host: String) -> Bool { hosts.isShared(host) }

    /// The server of a workspace by its name.
    public func server(named name: String) async throws -> WebServer {
        guard WorkspaceDirectory.isName(name) else { throw Problem.unknownHost }
        return try await server(of: name, isAsked: true)
    }

    /// Whether people may be sent here: not where newer servers can do what this one cannot.
    public func ready() async throws { try await presence?.check() }

    /// Whether the place of the workspaces can be reached.
    public func look() async throws { _ = try await directory.current() }

    /// What is opened for its jobs alone is the first to be closed again.
    private func server(of name: String, isAsked: Bool) async throws -> WebServer {
        let now = ContinuousClock.now
        let open = state.withLock { state in
            if isAsked { state.open[name]?.usedAt = now }
            return state.open[name]?.web
        }
        if let open { return open }
        let task = state.withLock { state in
            if let task = state.opening[name] { return task }
            let task = Task { try await self.open(name, usedAt: isAsked ? now : now - self.idle) }
            state.opening[name] = task
            return task
        }
        return try await task.value
    }

    private func open(_ name: String, usedAt: ContinuousClock.Instant) async throws -> WebServer {
        defer { state.withLock { $0.opening[name] = nil } }
        if let web = state.withLock({ $0.open[name]?.web }) { return web }
        let (web, kept) = try await found(name)
        let presence = presence
        let background = BackgroundWork(workspace: kept.workspace, logger: logger) { presence?.meetNewer() }
        let isTaken = state.withLock { state in
            if state.isEnded { return false }
            let task = Task(priority: .utility) { await background.work() }
            state.open[name] = Seat(web: web, background: background, task: task, usedAt: usedAt)
            (state.lingering[name], state.due[name]) = (nil, nil)
            state.openings += 1
            return true
        }
        guard isTaken else { throw CancellationError() }
        logger.debug("a workspace was opened", metadata: ["workspace": "\(name)"])
        await makeRoom(sparing: name)
        return web
    }

    private func found(_ name: String) async throws -> (WebServer, KeptWorkspace) {
        let lingering = state.withLock { $0.lingering[name]?.web }
        if let lingering, let kept = lingering.kept as? KeptWorkspace { return (lingering, kept) }
        let directory = try await directory.current()
        guard directory.has(name) else { throw Problem.unknownHost }
        let lock = try await lock(name, directory)
        // While this waited for the lock it may have been moved or deleted: opening it would make an empty one.
        guard directory.has(name) else { throw Problem.unknownHost }
        let workspace = try await opened(name, in: directory)
        closed.opened(workspace)
        let kept = KeptWorkspace(workspace, lock, closed) { [weak self] due in self?.rests(name, due: due) }
        let erased = try await workspace.privacy.catchUp()
        if erased > 0 { logger.warning("erasures were ended or repeated", metadata: ["count": "\(erased)"]) }
        return (WebServer(workspace: workspace.served, settings: served, logger: logger, kept: kept), kept)
    }

    private func opened(_ name: String, in directory: WorkspaceDirectory) async throws -> OpenWorkspace {
        do {
            return try await OpenWorkspace(name, in: directory, node: 0, upkeep: Upkeep(settings), holdsLock: true)
        } catch {
            state.withLock { $0.failures += 1 }
            presence?.note(error)
            throw error
        }
    }

    /// Locks it for this process. One that was closed just now may still be ending.
    private func lock(_ name: String, _ directory: WorkspaceDirectory) async throws -> WorkspaceLock {
        for _ in 0..<100 {
            do {
                return try directory.lock(name)
            } catch let problem as Problem where problem.code == "workspace_in_use" {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        return try directory.lock(name)
    }

    // MARK: Closing

    /// Closes what nobody has used for long, and of too many the ones used least recently; none that is at work.
    private func makeRoom(sparing spared: String? = nil) async {
        let now = ContinuousClock.now
        let found = state.withLock { state -> [(name: String, seat: Seat, isSurplus: Bool)] in
            let surplus = max(0, state.open.count - limit)
            return state.open.filter { $0.key != spared && !$0.value.background.isBusy }
                .sorted { $0.value.usedAt < $1.value.usedAt }.enumerated()
                .map { (name: $0.element.key, seat: $0.element.value, isSurplus: $0.offset < surplus) }
                .filter { $0.isSurplus || now - $0.seat.usedAt > idle }
        }
        for (name, seat, isSurplus) in found {
            let due = await seat.background.nextDue()
            // What is to begin in a moment begins here; what never does, such as a job of a newer program, is no reason.
            if due < ClosedWorkspaces.soon, !isSurplus, now - max(seat.openedAt, seat.usedAt + idle) < .seconds(60) {
                continue
            }
            await close(name, seat, due: due)
        }
    }

    private func close(_ name: String, _ seat: Seat, due: Duration) async {
        let isMine = state.withLock { state in
            // Somebody has come meanwhile.
            guard state.open[name]?.usedAt == seat.usedAt else { return false }
            state.open[name] = nil
            state.lingering = state.lingering.filter { $0.value.web != nil }
            state.lingering[name] = Lingering(web: seat.web)
            state.due[name] = (later(due), true)
            return true
        }
        guard isMine else { return }
        await end(seat, forGood: false)
        logger.debug("a workspace was closed", metadata: ["workspace": "\(name)"])
    }

    private func later(_ due: Duration) -> ContinuousClock.Instant { .now + min(max(due, .seconds(30)), longest) }

    /// Nothing is due yet.
    private func rests(_ name: String, stillFor due: Duration) {
        state.withLock { if $0.due[name] != nil { $0.due[name] = (later(due), true) } }
    }

    /// A workspace was closed by the last one who used it, who may have left something to do; nil when others did.
    private func rests(_ name: String, due: Duration?) {
        let at = due.map(later) ?? .now + ClosedWorkspaces.soon
        state.withLock { state in
            guard let known = state.due[name], state.open[name] == nil else { return }
            state.due[name] = (due == nil ? at : min(known.at, at), true)
        }
    }

    /// The database is closed once the last one who uses it has let go.
    private func end(_ seat: Seat, forGood: Bool) async {
        seat.task.cancel()
        await seat.web.endLive(forGood: forGood)
        await seat.task.value
    }

    // MARK: Running

    /// Says that this process may open any of them, and whether it answers requests, before it opens the first.
    func begin(serves: Bool) async throws { try await presence?.begin(serves: serves) }

    /// Looks after all workspaces until the task is cancelled: opens those in which something is due, closes others.
    func work() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask(priority: .utility) { await self.keepSpares() }
            if let presence { group.addTask { await presence.keep(self.logger) } }
            while !Task.isCancelled {
                await makeRoom()
                await visitDue()
                try? await Task.sleep(for: OpenWorkspaces.round)
            }
        }
    }

    /// Keeps empty workspaces ready.
    private func keepSpares() async {
        let keeper = SpareWorkspaces(directory)
        while spares > 0, !Task.isCancelled {
            do {
                try await keeper.keep(spares)
            } catch {
                logger.warning("a spare workspace cannot be made", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(15))
        }
    }

    private func visitDue() async {
        guard let directory = try? await directory.current() else { return }
        let names = closed.names(of: directory)
        let resting = state.withLock { state in
            if state.names != names { state.meet(names) }
            return Array(state.due.keys)
        }
        for name in await closed.woken(among: resting, of: directory) {
            state.withLock { if $0.due[name] != nil { $0.due[name] = (.now, false) } }
        }
        let now = ContinuousClock.now
        let due = state.withLock { state in
            state.due.filter { $0.value.at <= now && state.opening[$0.key] == nil }
                .sorted { $0.key < $1.key }.prefix(OpenWorkspaces.visits)
        }
        await withTaskGroup(of: Void.self) { group in
            for (name, known) in due {
                group.addTask {
                    do {
                        let due = known.isKnown ? await self.closed.due(name, of: directory) : nil
                        if let due, due > ClosedWorkspaces.soon { return self.rests(name, stillFor: due) }
                        _ = try await self.server(of: name, isAsked: false)
                    } catch {
                        // One that cannot be opened is no reason to look at no other.
                        self.state.withLock { $0.due[name] = (.now + self.longest, true) }
                        self.logger.error(
                            "a workspace cannot be opened",
                            metadata: ["workspace": "\(name)", "error": "\(error)"]
                        )
                    }
                }
            }
        }
    }

    /// Ends the connections of open pages, before the server waits for all others.
    func endLive() async {
        for seat in state.withLock({ Array($0.open.values) }) { await seat.web.endLive() }
    }

    /// Closes all of them.
    func close() async {
        let seats = state.withLock { state in
            defer { (state.open, state.isEnded) = ([:], true) }
            return Array(state.open.values)
        }
        for seat in seats {
            await end(seat, forGood: true)
            seat.background.workspace.engine.database.checkpoint()
            seat.background.workspace.close()
        }
        await presence?.end()
    }

    // MARK: Figures

    /// How it is now, without opening any.
    var figures: ProcessFigures.Now {
        var now = ProcessFigures.Now()
        let moment = ContinuousClock.now
        let databases = state.withLock { state in
            (now.workspaces, now.open) = (state.names.count, state.open.count)
            (now.opened, now.failed) = (state.openings, state.failures)
            let due = state.due.values.filter { $0.at <= moment }
            now.due = due.count
            now.dueFor = due.map { ($0.at.duration(to: moment)) / .seconds(1) }.max() ?? 0
            return state.open.values.map(\.background.workspace.engine.database)
        }
        for database in databases {
            let traffic = database.log.traffic.now
            now.reading += traffic.reading
            now.writing += traffic.waiting
        }
        now.pool = directory.server?.connections
        now.replicas = directory.server?.replicaConnections ?? []
        return now
    }
}
