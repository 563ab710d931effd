import HTTPTypes
import Values

/// The addresses of pages, and the page for what went wrong.
enum PageRoutes {
    /// All pages.
    static let all: [Route] = []

    /// The page for a problem.
    static func error(_ problem: Problem, _ call: Call) -> Reply {
        let text = problem.message.text(call.language)
        let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        let html = """
            <!doctype html><html lang="\(call.language.tag)"><meta charset="utf-8">\
            <meta name="viewport" content="width=device-width"><title>\(escaped)</title><h1>\(escaped)</h1></html>
            """
        return .html(Array(html.utf8), HTTPResponse.Status(code: problem.kind.rawValue))
    }
}
