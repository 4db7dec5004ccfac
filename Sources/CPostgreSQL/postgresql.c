#include "CPostgreSQL.h"

#include <dlfcn.h>
#include <pthread.h>

// Each function of libpq that we call, under its own name; it passes the call on to the library.
#define FUNCTIONS(X) \
    X(int, PQbackendPID, (const PGconn *a), (a)) \
    X(int, PQcancel, (PGcancel *a, char *b, int c), (a, b, c)) \
    X(char *, PQcmdStatus, (PGresult *a), (a)) \
    X(char *, PQcmdTuples, (PGresult *a), (a)) \
    X(PGconn *, PQconnectdbParams, (const char *const *a, const char *const *b, int c), (a, b, c)) \
    X(PQconninfoOption *, PQconninfoParse, (const char *a, char **b), (a, b)) \
    X(int, PQconsumeInput, (PGconn *a), (a)) \
    X(int, PQenterPipelineMode, (PGconn *a), (a)) \
    X(char *, PQerrorMessage, (const PGconn *a), (a)) \
    X(PGresult *, PQexec, (PGconn *a, const char *b), (a, b)) \
    X(int, PQexitPipelineMode, (PGconn *a), (a)) \
    X(Oid, PQftype, (const PGresult *a, int b), (a, b)) \
    X(PGcancel *, PQgetCancel, (PGconn *a), (a)) \
    X(PGresult *, PQgetResult, (PGconn *a), (a)) \
    X(int, PQgetisnull, (const PGresult *a, int b, int c), (a, b, c)) \
    X(int, PQgetlength, (const PGresult *a, int b, int c), (a, b, c)) \
    X(char *, PQgetvalue, (const PGresult *a, int b, int c), (a, b, c)) \
    X(int, PQisBusy, (PGconn *a), (a)) \
    X(int, PQnfields, (const PGresult *a), (a)) \
    X(PGnotify *, PQnotifies, (PGconn *a), (a)) \
    X(int, PQputCopyData, (PGconn *a, const char *b, int c), (a, b, c)) \
    X(int, PQputCopyEnd, (PGconn *a, const char *b), (a, b)) \
    X(int, PQpipelineSync, (PGconn *a), (a)) \
    X(char *, PQresultErrorField, (const PGresult *a, int b), (a, b)) \
    X(ExecStatusType, PQresultStatus, (const PGresult *a), (a)) \
    X(int, PQsendPrepare, (PGconn *a, const char *b, const char *c, int d, const Oid *e), (a, b, c, d, e)) \
    X(int, PQsendQueryParams, \
        (PGconn *a, const char *b, int c, const Oid *d, const char *const *e, const int *f, const int *g, int h), \
        (a, b, c, d, e, f, g, h)) \
    X(int, PQsendQueryPrepared, \
        (PGconn *a, const char *b, int c, const char *const *d, const int *e, const int *f, int g), \
        (a, b, c, d, e, f, g)) \
    X(int, PQserverVersion, (const PGconn *a), (a)) \
    X(PQnoticeProcessor, PQsetNoticeProcessor, (PGconn *a, PQnoticeProcessor b, void *c), (a, b, c)) \
    X(int, PQsetSingleRowMode, (PGconn *a), (a)) \
    X(int, PQsocket, (const PGconn *a), (a)) \
    X(ConnStatusType, PQstatus, (const PGconn *a), (a)) \
    X(PGTransactionStatusType, PQtransactionStatus, (const PGconn *a), (a))

#define FUNCTIONS_WITHOUT_RESULT(X) \
    X(PQclear, (PGresult *a)) \
    X(PQconninfoFree, (PQconninfoOption *a)) \
    X(PQfinish, (PGconn *a)) \
    X(PQfreeCancel, (PGcancel *a)) \
    X(PQfreemem, (void *a))

static struct {
#define POINTER(type, name, parameters, arguments) type(*name) parameters;
#define POINTER_WITHOUT_RESULT(name, parameters) void(*name) parameters;
    FUNCTIONS(POINTER)
    FUNCTIONS_WITHOUT_RESULT(POINTER_WITHOUT_RESULT)
    bool is_there;
} library;

#define CALL(type, name, parameters, arguments) type name parameters { return library.name arguments; }
#define CALL_WITHOUT_RESULT(name, parameters) void name parameters { library.name(a); }
FUNCTIONS(CALL)
FUNCTIONS_WITHOUT_RESULT(CALL_WITHOUT_RESULT)

static void load(void) {
    void *handle = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (!handle) return;
    library.is_there = true;
#define FIND_WITHOUT_RESULT(name, parameters) \
    *(void **)&library.name = dlsym(handle, #name); \
    library.is_there &= library.name != 0;
#define FIND(type, name, parameters, arguments) FIND_WITHOUT_RESULT(name, parameters)
    FUNCTIONS(FIND)
    FUNCTIONS_WITHOUT_RESULT(FIND_WITHOUT_RESULT)
}

bool postgresql_available(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return library.is_there;
}
