import ArgumentParser
import Values
import WebServer

/// Where a worker, or a server of many workspaces, answers whoever watches over it: `HOST:PORT`, or the port alone for this machine alone.
struct FigureAddress: Equatable {
    let host: String
    let port: Int

    init?(_ text: String) {
        let colon = text.lastIndex(of: ":")
        let number = colon.map { String(text[text.index(after: $0)...]) } ?? text
        guard let port = UInt16(number) else { return nil }
        var host = colon.map { String(text[..<$0]) } ?? ""
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            // Where the address ends and the port begins nobody could say.
            return nil
        }
        self.host = host.isEmpty ? "127.0.0.1" : host
        self.port = Int(port)
    }

    /// The settings of a server that answers there, with figures and nothing else; who may see them is as with others.
    func settings(_ settings: Settings) throws -> ServerSettings {
        var served = try ServerSettings(settings)
        (served.host, served.port, served.onlyFigures) = (host, port, true)
        return served
    }

    /// Says where the figures are, once they are.
    static func announce(_ served: ServerSettings, _ port: Int) {
        let address = shown(served, port)
        let text = Label("Figures for Prometheus are at \(address).", zh: "Prometheus 指标地址：\(address)。")
        Console.now(text.text(Console.language))
    }

    /// Where the figures are.
    static func shown(_ served: ServerSettings, _ port: Int) -> String {
        let scheme = served.certificate == nil ? "http" : "https"
        return "\(scheme)://\(bracketed(served.host)):\(port)/metrics"
    }

    /// The option that sets the port of a server, up to the number.
    static func option(_ served: ServerSettings) -> String {
        served.onlyFigures ? "--metrics \(bracketed(served.host)):" : "--port "
    }

    private static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
}

extension FigureAddress {
    /// Refuses the value of an option that is no address.
    static func check(_ option: String?) throws {
        guard let option, FigureAddress(option) == nil else { return }
        throw ValidationError(
            Label(
                "--metrics is HOST:PORT or a port, as 127.0.0.1:9100.",
                zh: "--metrics 应为“主机:端口”或端口号，例如 127.0.0.1:9100。"
            ).text(Console.language)
        )
    }
}

extension Problem {
    /// One workspace tells all there is at its own address.
    static let figuresOfOne = Problem(
        .invalid,
        "figures_of_one",
        Label(
            "--metrics is for a server of many workspaces (hosts, login_host). Of one all figures are at /metrics of its own address.",
            zh: "--metrics 仅用于服务多个工作区（hosts、login_host）；单个工作区的指标在其自身地址的 /metrics。"
        )
    )
}
