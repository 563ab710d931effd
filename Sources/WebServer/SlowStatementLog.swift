import Database
public import Logging
import Records

extension ServerSettings {
    /// Lets the log have a line for each statement of a workspace that takes long: its text without values, and its plan.
    public func watchStatements(of workspace: Workspace, _ logger: Logger) {
        guard slowMilliseconds > 0 else { return }
        let name = workspace.name
        workspace.engine.database.log.slow.watch(from: .milliseconds(slowMilliseconds)) { statement in
            logger.warning(
                "slow statement",
                metadata: [
                    "workspace": "\(name)", "ms": "\(statement.time.milliseconds)",
                    "statement": "\(statement.text.split(whereSeparator: \.isWhitespace).joined(separator: " "))",
                    "plan": "\(statement.plan.joined(separator: " | "))",
                ]
            )
        }
    }
}
