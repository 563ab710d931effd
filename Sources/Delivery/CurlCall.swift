import CCurl
import Dispatch
import Values

/// One call by libcurl, on the thread that it is made on.
struct CurlCall {
    private let call: OutgoingCall

    init(_ call: OutgoingCall) { self.call = call }

    /// What arrives while the call runs.
    private final class Arrival {
        let allowsNearby: Bool
        var body: [UInt8] = []
        var size = 0
        var refused: Label?

        init(allowsNearby: Bool) { self.allowsNearby = allowsNearby }
    }

    func perform() -> OutgoingAnswer {
        guard let handle = curl_easy_init() else {
            return OutgoingAnswer(error: Label("There is no memory for the call.", zh: "内存不足，无法发送。"))
        }
        defer { curl_easy_cleanup(handle) }
        var list: UnsafeMutablePointer<curl_slist>?
        // Without this libcurl would ask before it sends a longer body.
        for header in call.headers + [("Expect", "")] {
            list = curl_slist_append(list, header.value.isEmpty ? header.name + ":" : "\(header.name): \(header.value)")
        }
        defer { curl_slist_free_all(list) }
        let arrival = Arrival(allowsNearby: call.allowsNearby)
        let begin = DispatchTime.now().uptimeNanoseconds
        let code = withExtendedLifetime(arrival) {
            prepare(handle, list, Unmanaged.passUnretained(arrival).toOpaque())
            return curl_easy_perform(handle)
        }
        var answer = answer(handle, code, arrival)
        answer.duration = Int64((DispatchTime.now().uptimeNanoseconds - begin) / 1_000_000)
        return answer
    }

    private func prepare(
        _ handle: UnsafeMutableRawPointer,
        _ headers: UnsafeMutablePointer<curl_slist>?,
        _ arrival: UnsafeMutableRawPointer
    ) {
        kehu_curl_text(handle, CURLOPT_URL, call.address)
        kehu_curl_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        // No proxy of the environment: the address that is checked must be the one that is called.
        kehu_curl_text(handle, CURLOPT_PROXY, "")
        kehu_curl_text(handle, CURLOPT_USERAGENT, "Kehu")
        kehu_curl_number(handle, CURLOPT_FOLLOWLOCATION, 0)
        kehu_curl_number(handle, CURLOPT_NOSIGNAL, 1)
        kehu_curl_number(handle, CURLOPT_TIMEOUT_MS, call.timeout)
        kehu_curl_number(handle, CURLOPT_CONNECTTIMEOUT_MS, call.timeout)
        kehu_curl_headers(handle, headers)
        call.body.withUnsafeBytes { _ = kehu_curl_post(handle, $0.baseAddress, $0.count) }
        kehu_curl_receive(
            handle,
            { bytes, size, count, context in
                guard let bytes, let context else { return 0 }
                let arrival = Unmanaged<Arrival>.fromOpaque(context).takeUnretainedValue()
                let room = OutgoingAnswer.kept - arrival.body.count
                let start = UnsafeRawBufferPointer(start: bytes, count: size * count)
                arrival.body.append(contentsOf: start.prefix(max(0, room)))
                arrival.size += size * count
                // Another number than came in ends the call.
                return arrival.size > OutgoingAnswer.longest ? 0 : size * count
            },
            arrival
        )
        kehu_curl_connect(
            handle,
            { context, _, address in
                guard let context, let address else { return kehu_curl_no_socket() }
                let arrival = Unmanaged<Arrival>.fromOpaque(context).takeUnretainedValue()
                var bytes = [UInt8](repeating: 0, count: 16)
                let count = Int(kehu_curl_address(address, &bytes))
                let found = NetworkAddress(Array(bytes.prefix(count)))
                guard found.reach == .everywhere || found.reach == .nearby && arrival.allowsNearby else {
                    arrival.refused = ReceiverAddress.refusal(found.description, found.reach)
                    return kehu_curl_no_socket()
                }
                return kehu_curl_socket(address)
            },
            arrival
        )
    }

    private func answer(_ handle: UnsafeMutableRawPointer, _ code: CURLcode, _ arrival: Arrival) -> OutgoingAnswer {
        let status = kehu_curl_status(handle)
        var answer = OutgoingAnswer(status: status > 0 ? status : nil)
        answer.body = arrival.body
        let wait = kehu_curl_retry_after(handle)
        answer.retryAfter = wait > 0 ? wait : nil
        let wasCut = code == CURLE_WRITE_ERROR && arrival.size > OutgoingAnswer.longest
        if code != CURLE_OK, !wasCut { answer.error = words(code, arrival) }
        return answer
    }

    private func words(_ code: CURLcode, _ arrival: Arrival) -> Label {
        if let refused = arrival.refused, code == CURLE_COULDNT_CONNECT { return refused }
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            return Label("The name of the receiver is not known.", zh: "无法解析接收方域名。")
        case CURLE_COULDNT_CONNECT:
            return Label("The receiver does not take connections.", zh: "无法连接接收方。")
        case CURLE_OPERATION_TIMEDOUT:
            return Label("The receiver did not answer in time.", zh: "接收方响应超时。")
        case CURLE_PEER_FAILED_VERIFICATION:
            return Label("The receiver's certificate is not valid.", zh: "接收方的证书无效。")
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE:
            return Label("The receiver ended the connection.", zh: "接收方中断了连接。")
        default:
            let text = String(cString: curl_easy_strerror(code))
            return Label("The call failed: \(text).", zh: "发送失败：\(text)。")
        }
    }
}
