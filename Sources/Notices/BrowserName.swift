import API

/// What a user recognizes a browser by: `Firefox on Linux`.
enum BrowserName {
    // The first that is found counts: the others call themselves Chrome and Safari too.
    private static let browsers = [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
        ("Chrome", "Chrome"), ("Safari", "Safari"),
    ]
    private static let systems = [
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]

    static func of(_ userAgent: String) -> String {
        guard let browser = browsers.first(where: { userAgent.contains($0.0) }) else {
            return String(userAgent.prefix(Limits.userAgent))
        }
        guard let system = systems.first(where: { userAgent.contains($0.0) }) else { return browser.1 }
        return "\(browser.1) on \(system.1)"
    }
}
