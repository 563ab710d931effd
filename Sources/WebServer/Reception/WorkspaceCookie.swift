import Pages
import Values

/// The cookies of a host name that workspaces share: the workspace that the browser is in, and the one to propose at
/// the next log-in. They open nothing: sessions are looked for in the workspace that is named, and nowhere else.
enum WorkspaceCookie {
    /// The workspace that the browser is in.
    static let present = "kehu_workspace"
    /// The workspace that it was in last.
    static let last = "kehu_last_workspace"
    /// The workspace that waits for the second step of a log-in, while the browser may still be in another one.
    static let pending = "kehu_pending_workspace"
}

extension Reply {
    /// Keeps the browser with the workspace for so long, where the host name does not say which one it is.
    mutating func stay(seconds: Int, _ call: Call) {
        guard call.isShared else { return }
        setCookie(WorkspaceCookie.present, call.workspace.name, seconds: seconds, call)
        setCookie(WorkspaceCookie.last, call.workspace.name, seconds: 31_536_000, call)
    }

    /// Takes the browser out of the workspace again.
    mutating func leave(_ call: Call) {
        guard call.isShared else { return }
        setCookie(WorkspaceCookie.present, "", seconds: 0, call)
    }
}

extension Call {
    /// An address with the name of the workspace, where the host name does not say which one it is: for links that are
    /// sent to somebody.
    func named(_ address: String) -> String {
        isShared ? Pages.WebAddress.path(address, ["workspace": workspace.name]) : address
    }
}
