import Delivery
import HTTP
import Logging
import Plugins
import Store
import Testing

@testable import App

@Suite("Configuration")
struct ConfigurationTests {
    @Test("the defaults are those of the documentation")
    func defaults() throws {
        let configuration = try ServerConfiguration(arguments: [:], environment: [:])
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.port == 3001)
        #expect(configuration.storage == "./storage")
        #expect(configuration.maxUploadBytes == 1_073_741_824)
        #expect(configuration.minFreeBytes == 67_108_864)
        let quotas = configuration.quotas
        #expect(quotas.all == nil && quotas.user == nil && quotas.channel == nil)
        #expect(configuration.idleTimeout == .seconds(60))
        #expect(configuration.maxConnections == nil)
        #expect(configuration.maxConnectionsPerAddress == nil)
        #expect(configuration.rateLimit == Rate(perSecond: 1000, burst: 3000))
        #expect(configuration.adminEmail == "admin@placet.local")
        #expect(configuration.adminPassword == nil)
        #expect(configuration.webhookAllow == AllowedTargets(""))
        #expect(configuration.pluginDomains == PluginDomains(""))
        #expect(configuration.publicURL == nil)
        #expect(configuration.surroundings.hosts == nil && configuration.surroundings.origins.isEmpty)
        #expect(configuration.collectionInterval == .seconds(3600))
        #expect(configuration.unattachedLifetime == .seconds(7 * 86_400))
        #expect(configuration.logLevel == .info)
        #expect(configuration.logFormat == .text)
        #expect(configuration.metricsToken == nil)
        #expect(configuration.mail == nil)
        #expect(configuration.auditAge == .seconds(90 * 86_400))
        #expect(configuration.indexPath == "./storage/index.sqlite")
        #expect(configuration.controlSocketPath == "./storage/control.sock")
    }

    @Test("PLACET_* in the environment sets every key")
    func environment() throws {
        let configuration = try ServerConfiguration(
            arguments: [:],
            environment: [
                "PLACET_HOST": "0.0.0.0", "PLACET_PORT": "0", "PLACET_STORAGE": "/srv/placet",
                "PLACET_MAX_UPLOAD_BYTES": "1", "PLACET_MIN_FREE_BYTES": "0", "PLACET_IDLE_TIMEOUT": "3600",
                "PLACET_QUOTA_BYTES": "3", "PLACET_QUOTA_USER_BYTES": "2", "PLACET_QUOTA_CHANNEL_BYTES": "0",
                "PLACET_MAX_CONNECTIONS": "1", "PLACET_MAX_CONNECTIONS_PER_ADDRESS": "1000000",
                "PLACET_MIN_BODY_RATE": "off", "PLACET_RATE_LIMIT": "off",
                "PLACET_ADMIN_EMAIL": "ada@example.org", "PLACET_ADMIN_PASSWORD": "12345678",
                "PLACET_WEBHOOK_ALLOW": "hooks.lan:8080,10.0.0.0/8", "PLACET_LOG_LEVEL": "warning",
                "PLACET_PUBLIC_URL": "https://placet.example.org/",
                "PLACET_PLUGIN_DOMAINS": "weather:API.example.com, board:*",
                "PLACET_TRUSTED_PROXIES": "10.0.0.2, fd00::/8", "PLACET_ALLOWED_HOSTS": "Placet.example, [fd00::1]",
                "PLACET_CORS_ORIGINS": "https://app.example:443,http://localhost:5173",
                "PLACET_GC_SCHEDULE": "off", "PLACET_UNATTACHED_DAYS": "1", "PLACET_METRICS_TOKEN": "0123456789abcdef",
                "PLACET_AUDIT_DAYS": "7", "PLACET_LOG_FORMAT": "json", "PORT": "1", "HOST": "elsewhere",
            ]
        )
        #expect(configuration.host == "0.0.0.0")
        #expect(configuration.port == 0)
        #expect(configuration.storage == "/srv/placet")
        #expect(configuration.maxUploadBytes == 1)
        #expect(configuration.minFreeBytes == 0)
        let quotas = configuration.quotas
        #expect(quotas.all == 3 && quotas.user == 2 && quotas.channel == 0)
        #expect(configuration.idleTimeout == .seconds(3600))
        #expect(configuration.maxConnections == 1)
        #expect(configuration.maxConnectionsPerAddress == 1_000_000)
        #expect(configuration.minBodyRate == nil)
        #expect(configuration.rateLimit == nil)
        #expect(configuration.adminEmail == "ada@example.org")
        #expect(configuration.adminPassword == "12345678")
        #expect(configuration.webhookAllow == AllowedTargets("hooks.lan:8080, 10.0.0.0/8"))
        #expect(configuration.pluginDomains == PluginDomains("board:*,weather:api.example.com"))
        #expect(configuration.publicURL == "https://placet.example.org")
        #expect(configuration.surroundings.hosts == ["placet.example", "[fd00::1]"])
        #expect(configuration.surroundings.origins == ["https://app.example", "http://localhost:5173"])
        #expect(configuration.collectionInterval == nil)
        #expect(configuration.unattachedLifetime == .seconds(86_400))
        #expect(configuration.logLevel == .warning)
        #expect(configuration.logFormat == .json)
        #expect(configuration.metricsToken == "0123456789abcdef")
        #expect(configuration.auditAge == .seconds(7 * 86_400))
    }

    @Test("an argument beats the environment")
    func argumentsFirst() throws {
        let configuration = try ServerConfiguration(
            arguments: ["port": "4000", "storage": "/a"],
            environment: ["PLACET_PORT": "5000", "PLACET_STORAGE": "/b", "PLACET_HOST": "::1"]
        )
        #expect(configuration.port == 4000)
        #expect(configuration.storage == "/a")
        #expect(configuration.host == "::1")
    }

    @Test(
        "a value that cannot be used is refused, and the error names the key as the operator writes it",
        arguments: [
            ("PLACET_HOST", ""), ("PLACET_PORT", ""), ("PLACET_PORT", "abc"), ("PLACET_PORT", "-1"),
            ("PLACET_PORT", "65536"),
            ("PLACET_PORT", "80.5"), ("PLACET_PORT", " 80"), ("PLACET_STORAGE", ""),
            ("PLACET_STORAGE", String(repeating: "s", count: 91)), ("PLACET_MAX_UPLOAD_BYTES", "0"),
            ("PLACET_MAX_UPLOAD_BYTES", "1G"), ("PLACET_MAX_UPLOAD_BYTES", "1125899906842625"),
            ("PLACET_MAX_UPLOAD_BYTES", "99999999999999999999"), ("PLACET_MIN_FREE_BYTES", "-1"),
            ("PLACET_IDLE_TIMEOUT", "0"),
            ("PLACET_IDLE_TIMEOUT", "3601"), ("PLACET_ADMIN_EMAIL", ""), ("PLACET_ADMIN_PASSWORD", "1234567"),
            ("PLACET_MIN_BODY_RATE", "0"), ("PLACET_MAX_CONNECTIONS", "0"),
            ("PLACET_MAX_CONNECTIONS_PER_ADDRESS", "off"),
            ("PLACET_RATE_LIMIT", "0"), ("PLACET_RATE_LIMIT", "OFF"), ("PLACET_RATE_LIMIT", "1000001"),
            ("PLACET_GC_SCHEDULE", "0s"), ("PLACET_GC_SCHEDULE", "60"), ("PLACET_GC_SCHEDULE", "31d"),
            ("PLACET_UNATTACHED_DAYS", "0"), ("PLACET_METRICS_TOKEN", ""), ("PLACET_METRICS_TOKEN", "15 characters.."),
            ("PLACET_AUDIT_DAYS", "0"), ("PLACET_METRICS_TOKEN", "a blank is not taken"), ("PLACET_AUDIT_DAYS", "off"),
            ("PLACET_LOG_LEVEL", "loud"), ("PLACET_LOG_LEVEL", "INFO"), ("PLACET_LOG_FORMAT", "xml"),
            ("PLACET_WEBHOOK_ALLOW", "10.0.0.0/33"), ("PLACET_WEBHOOK_ALLOW", "http://hooks.lan"),
            ("PLACET_PLUGIN_DOMAINS", "api.example.com"), ("PLACET_PLUGIN_DOMAINS", "weather:https://a.example"),
            ("PLACET_PUBLIC_URL", "placet.example.org"), ("PLACET_PUBLIC_URL", "https://a.example/?b"),
        ]
    )
    func invalid(variable: String, value: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try ServerConfiguration(arguments: [:], environment: [variable: value])
        }
        #expect(error?.description.contains(variable) == true)
    }

    @Test("a password that is refused is not repeated in the error")
    func passwordIsNotRepeated() {
        let error = #expect(throws: ConfigurationError.self) {
            try ServerConfiguration(arguments: [:], environment: ["PLACET_ADMIN_PASSWORD": "hunter2"])
        }
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test("a storage path of 90 bytes is taken")
    func longestStorage() throws {
        let path = String(repeating: "s", count: 90)
        #expect(try ServerConfiguration(arguments: ["storage": path], environment: [:]).storage == path)
    }
}
