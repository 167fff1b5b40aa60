-- Run once, by psql as the superuser, in an empty volume: the login of the program is no superuser itself.
\getenv password POSTGRES_PASSWORD
CREATE ROLE springtide LOGIN CREATEROLE NOSUPERUSER NOBYPASSRLS PASSWORD :'password';
CREATE DATABASE springtide OWNER springtide;
